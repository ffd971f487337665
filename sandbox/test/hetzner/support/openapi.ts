import { readFileSync } from "node:fs";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import * as z from "zod";
import { type Deviation, deviations } from "./deviations.ts";

const schema = z.record(z.string(), z.unknown());
const response = z.object({
  content: z.record(z.string(), z.object({ schema })).optional(),
});
const description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), response) }))),
});

const { paths } = description.parse(
  JSON.parse(readFileSync(new URL("../../../reference/hetzner-cloud.openapi.json", import.meta.url), "utf8")),
);

const ajv = new Ajv({ allErrors: true, strict: false, verbose: true });
addFormats.default(ajv);
ajv.addFormat("decimal", /^\d+(\.\d+)?$/);

/** The deviations that were seen since this module was loaded. */
export const metDeviations = new Set<Deviation>();

/**
 * Compares an answer with Hetzner's description of it: status, shape, and no undescribed fields.
 *
 * @param path below /v1, without a query
 * @throws Error naming what is different, unless it is in the list of deviations
 */
export function checkAgainstOpenApi(method: string, path: string, status: number, body: unknown): void {
  const where = `${method} ${path} ${status}`;
  const validate = findValidator(method, path, status);
  if (validate === "no content") {
    if (body !== undefined) {
      throw new Error(`${where}: must have no body`);
    }
    return;
  }
  if (validate(body)) {
    return;
  }
  const unexplained = (validate.errors ?? []).map(describe).filter((problem) => !isExplained(problem));
  if (unexplained.length > 0) {
    throw new Error(`${where} is not as documented:\n${unexplained.join("\n")}`);
  }
}

function isExplained(problem: string): boolean {
  const deviation = deviations.find((one) => one.problem.test(problem));
  if (deviation) {
    metDeviations.add(deviation);
  }
  return deviation !== undefined;
}

/** "/servers/[]/image: required deprecated" */
function describe(error: ErrorObject): string {
  const place = error.instancePath.replace(/\/\d+(?=\/|$)/g, "/[]");
  const { missingProperty, additionalProperty } = names.parse(error.params);
  const value = error.keyword === "enum" ? z.string().safeParse(error.data).data : undefined;
  return `${place}: ${error.keyword} ${value ?? missingProperty ?? additionalProperty ?? error.message ?? ""}`;
}

const names = z.object({ missingProperty: z.string().optional(), additionalProperty: z.string().optional() });

const validators = new Map<string, ValidateFunction | "no content">();

function findValidator(method: string, path: string, status: number): ValidateFunction | "no content" {
  // Errors have the same shape everywhere, even for a path that isn't described.
  const template = findTemplate(method, path) ?? (status >= 400 ? "/servers" : undefined);
  if (template === undefined) {
    throw new Error(`${method} ${path} is not documented`);
  }
  const operation = paths[template]?.[method.toLowerCase()] ?? paths[template]?.get;
  const name = status >= 500 ? "5xx" : status >= 400 ? "4xx" : String(status);
  const key = `${method} ${template} ${name}`;
  const known = validators.get(key);
  if (known !== undefined) {
    return known;
  }

  const documented = operation?.responses[name];
  if (documented === undefined) {
    throw new Error(`${key} is not documented`);
  }
  const json = documented.content?.["application/json"]?.schema;
  const validate = json === undefined ? "no content" : ajv.compile(closed(json));
  validators.set(key, validate);
  return validate;
}

function findTemplate(method: string, path: string): string | undefined {
  const matching = Object.keys(paths).filter((template) =>
    new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`).test(path),
  );
  // "/servers/actions" is not the server called "actions": the path with fewer parameters counts.
  return matching
    .filter((template) => paths[template]?.[method.toLowerCase()] !== undefined)
    .toSorted((one, other) => one.split("{").length - other.split("{").length)[0];
}

/** The same schema, but objects may only have the described fields. */
function closed(part: Record<string, unknown>): Record<string, unknown> {
  const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closedValue(value)]));
  const isOpen = copy.properties !== undefined && copy.additionalProperties === undefined;
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}

function closedValue(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(closedValue);
  }
  const object = schema.safeParse(value);
  return object.success ? closed(object.data) : value;
}
