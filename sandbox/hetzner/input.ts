import * as z from "zod";
import { type FieldProblem, invalidInput } from "./errors.ts";

/**
 * @returns the request's body in the schema's shape
 * @throws ApiError `invalid_input`, naming every field that doesn't fit
 */
export function parseBody<Shape>(schema: z.ZodType<Shape>, body: unknown): Shape {
  // An action without a body counts as one with an empty body.
  const result = schema.safeParse(body ?? {});
  if (result.success) {
    return result.data;
  }
  throw invalidInput(...fieldProblems(result.error.issues));
}

function fieldProblems(issues: z.core.$ZodIssue[]): FieldProblem[] {
  const problems = new Map<string, string[]>();
  for (const issue of issues) {
    const name = issue.path.join(".");
    problems.set(name, [...(problems.get(name) ?? []), issue.message]);
  }
  return [...problems].map(([name, messages]) => ({ name, messages }));
}

/** An id or a name. The Go client sends an id as a number, others send it as text. */
export const idOrName = z.union([z.string().min(1), z.int().positive()]);

/** @returns the item with that id or name, if there is one */
export function findByIdOrName<Item extends { id: number; name: string }>(
  items: readonly Item[],
  wanted: string | number,
): Item | undefined {
  return (
    items.find((item) => item.name === wanted) ?? items.find((item) => String(item.id) === String(wanted))
  );
}
