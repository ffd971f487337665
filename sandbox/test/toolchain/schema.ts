import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** A property in Pulumi's schema. What isn't named here is also kept and compared. */
const property = z.looseObject({ $ref: z.string().optional() });
type Property = z.infer<typeof property>;

const properties = z.record(z.string(), property).default({});

const schema = z.object({
  types: z
    .record(
      z.string(),
      z.object({
        properties,
        required: z.array(z.string()).default([]),
        enum: z.array(z.object({ value: z.unknown() })).default([]),
      }),
    )
    .default({}),
  resources: z.record(
    z.string(),
    z.object({
      inputProperties: properties,
      requiredInputs: z.array(z.string()).default([]),
      properties,
      required: z.array(z.string()).default([]),
    }),
  ),
});
export type Schema = z.infer<typeof schema>;

export const parseSchema = (value: unknown): Schema => schema.parse(value);

export const officialSchema = (name: string): Schema =>
  parseSchema(
    JSON.parse(readFileSync(join(import.meta.dirname, `../../reference/pulumi-${name}.schema.json`), "utf8")),
  );

/** Descriptions may differ. A program relies on every other part of a property. */
const words = new Set(["description", "deprecationMessage", "language"]);

/** A resource or a type as a flat list, so that a difference is one line. */
export type Shape = Record<string, string>;

export const shapeOfResource = (schema: Schema, token: string): Shape => {
  const resource = schema.resources[token];
  if (resource === undefined) {
    throw new Error(`the schema has no resource ${token}`);
  }
  return {
    ...shapeOfProperties(schema, "inputs", resource.inputProperties, resource.requiredInputs),
    ...shapeOfProperties(schema, "outputs", resource.properties, resource.required),
  };
};

const shapeOfProperties = (
  schema: Schema,
  path: string,
  all: Record<string, Property>,
  required: string[],
): Shape =>
  joined(
    Object.entries(all).map(([name, value]) =>
      shapeOfProperty(schema, `${path}.${name}`, { ...value, required: required.includes(name) }),
    ),
  );

const joined = (shapes: Shape[]): Shape =>
  Object.fromEntries(shapes.flatMap((shape) => Object.entries(shape)));

const shapeOfProperty = (schema: Schema, path: string, value: Record<string, unknown>): Shape => {
  const own = Object.entries(value)
    .filter(([key]) => !words.has(key))
    .sort(([a], [b]) => a.localeCompare(b));
  const nested = [value, value.items, value.additionalProperties].flatMap((part) => {
    const reference = property.safeParse(part).data?.$ref?.match(/^#\/types\/(.*)$/)?.[1];
    return reference === undefined ? [] : [shapeOfType(schema, path, reference)];
  });
  return joined([{ [path]: JSON.stringify(Object.fromEntries(own)) }, ...nested]);
};

const shapeOfType = (schema: Schema, path: string, token: string): Shape => {
  const type = schema.types[token];
  if (type === undefined) {
    throw new Error(`the schema has no type ${token}`);
  }
  const values =
    type.enum.length === 0 ? {} : { [`${path}=`]: JSON.stringify(type.enum.map((e) => e.value)) };
  return { ...values, ...shapeOfProperties(schema, path, type.properties, type.required) };
};

/** A shape without the left-out paths and everything below them. An unknown path is an error. */
export const without = (shape: Shape, leftOut: readonly string[]): Shape => {
  const below = (path: string, top: string) => path === top || path.startsWith(`${top}.`);
  const unknown = leftOut.filter((top) => !Object.keys(shape).some((path) => below(path, top)));
  if (unknown.length > 0) {
    throw new Error(`left out, but not in the official schema: ${unknown.join(", ")}`);
  }
  return Object.fromEntries(
    Object.entries(shape).filter(([path]) => !leftOut.some((top) => below(path, top))),
  );
};
