import * as z from "zod";
import { closest } from "../closest.ts";
import { entryOf } from "../entry.ts";
import type { SettingFinding } from "../finding.ts";
import { botError, fixCommand } from "./finding.ts";
import { botSchema, type BotShape } from "./schema.ts";

/**
 * Reads the setting `bot`.
 *
 * @param text JSON, as Pulumi gives an object to the program; empty for no bot
 * @returns no bot if none is configured, or with a finding
 */
export function readBot(text: string): { shape: BotShape | undefined; findings: SettingFinding[] } {
  const value = parseText(text);
  // `pulumi config rm --path` leaves an empty object.
  if (value === undefined || (isObject(value) && Object.keys(value).length === 0)) {
    return { shape: undefined, findings: [] };
  }
  if (!isObject(value)) {
    return { shape: undefined, findings: [notAnObject] };
  }
  const result = botSchema.safeParse(value);
  if (result.success) {
    return { shape: result.data, findings: [] };
  }
  return { shape: undefined, findings: describeIssues(result.error.issues) };
}

const notAnObject: SettingFinding = {
  severity: "error",
  setting: "bot",
  problem: "must have parts, but is a single value",
  explanation: "Set each part by its own name, with --path. docs/bot-settings.md lists all parts.",
  command: "pulumi config rm bot && pulumi config set --path bot.preset freqtrade",
};

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseText(text: string): unknown {
  if (text.trim() === "") {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Reports each part of `bot` that has the wrong form once. No value is shown: it might be a secret. */
function describeIssues(issues: z.core.$ZodIssue[]): SettingFinding[] {
  const findings = issues.flatMap((issue) => describeIssue(issue, []));
  return [...new Map(findings.map((finding) => [finding.setting, finding])).values()];
}

function describeIssue(issue: z.core.$ZodIssue, above: string[]): SettingFinding[] {
  const path = [...above, ...issue.path.map(String)];
  const last = issue.code === "invalid_union" ? issue.errors.at(-1) : undefined;
  if (last?.some(({ path: inner, code }) => inner.length > 0 || code === "unrecognized_keys")) {
    return last.flatMap((inner) => describeIssue(inner, path));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((name) => unknownPart(path, name));
  }
  return [malformedPart(path)];
}

function unknownPart(path: string[], name: string): SettingFinding {
  const known = [...partsOf(partAt(path).schema).keys()];
  const nearest = closest(name, known);
  const full = (part: string) => ["bot", ...path, part].join(".");
  return {
    severity: "error",
    setting: full(name),
    problem: "is not a setting of the bot",
    explanation: nearest
      ? `The nearest known name is ${full(nearest)}.`
      : `The known names are ${known.map(full).join(", ")}.`,
    command: `pulumi config rm --path ${full(name)}`,
  };
}

function malformedPart(path: string[]): SettingFinding {
  const { part, schema } = partAt(path);
  const { rule, hint, example } = entryOf(schema);
  const name = part.join(".");
  const explanation = hint ?? "docs/bot-settings.md describes each part.";
  if (example !== undefined) {
    return botError(name, rule, explanation, example);
  }
  // Pulumi sets no part below a single value: the value must be removed first.
  const [inner, innerExample] = firstExample(schema);
  return {
    ...botError(name, rule, explanation, undefined),
    command: `${fixCommand(name, undefined)} && ${fixCommand([...part, ...inner].join("."), innerExample)}`,
  };
}

/** The innermost part on this path that the schema describes. What is below it belongs to its value. */
function partAt(path: string[]): { part: string[]; schema: z.ZodType } {
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
function partsOf(schema: z.ZodType): Map<string, z.ZodType> {
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

/** The first value below a part that a person can set, and an example of it. */
function firstExample(schema: z.ZodType): [path: string[], example: string] {
  const [first] = partsOf(schema);
  const [name, inner] = first ?? ["NAME", valuesOf(schema)];
  const example = inner && entryOf(inner).example;
  if (inner === undefined || example !== undefined) {
    return [[name], example ?? "VALUE"];
  }
  const [path, innerExample] = firstExample(inner);
  return [[name, ...path], innerExample];
}
