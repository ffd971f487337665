import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "./user-error.ts";

/**
 * Parses the line of JSON that `pulumi up` gives to a script on standard input.
 *
 * @throws UserError that names fields and shows nothing of what is in them
 */
export function parseInput<T>(expected: z.ZodType<T>, input: string): T {
  const result = expected.safeParse(parseJson(input));
  if (result.success) {
    return result.data;
  }
  const names = [...new Set(result.error.issues.map(({ path }) => path.join(".")))].filter(Boolean);
  throw new UserError(
    names.length === 0
      ? "There is no line of JSON on standard input."
      : `On standard input, ${names.join(", ")} can't be used.`,
  );
}
