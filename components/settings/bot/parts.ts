import * as z from "zod";
import { entryOf } from "../entry.ts";
import { botSchema } from "./schema.ts";

/** The innermost part on this path that the schema describes. What is below it belongs to its value. */
export function partAt(path: string[]): { part: string[]; schema: z.ZodType } {
  let schema: z.ZodType = botSchema;
  for (const [depth, name] of path.entries()) {
    const inner = partsOf(schema).get(name) ?? valuesOf(schema);
    if (inner === undefined) {
      return { part: path.slice(0, depth), schema };
    }
    schema = inner;
  }
  return { part: path, schema };
}

/** The named parts of a part. */
export function partsOf(schema: z.ZodType): Map<string, z.ZodType> {
  const form = formOf(schema);
  const shape = form instanceof z.ZodObject ? form.shape : {};
  // A map, because a name from outside may be that of a property which every object inherits.
  return new Map(Object.entries(z.record(z.string(), z.instanceof(z.ZodType)).parse(shape)));
}

/** The schema of a part's values, if their names are free. */
function valuesOf(schema: z.ZodType): z.ZodType | undefined {
  const form = formOf(schema);
  return form instanceof z.ZodRecord ? z.instanceof(z.ZodType).parse(form.valueType) : undefined;
}

/** What messages are about: without "optional", and the last form of a union. */
function formOf(schema: z.ZodType): unknown {
  const form: unknown = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return form instanceof z.ZodUnion ? form.options.at(-1) : form;
}

/** A part that a person can set, and an example: the part itself, or the first one below it that has an example. */
export function exampleOf(part: string[]): { part: string[]; example: string } {
  const { schema } = partAt(part);
  const { example } = entryOf(schema);
  if (example !== undefined) {
    return { part, example };
  }
  const [first = "NAME"] = partsOf(schema).keys();
  return exampleOf([...part, first]);
}
