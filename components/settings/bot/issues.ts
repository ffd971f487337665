import type * as z from "zod";
import { closest } from "../closest.ts";
import { entryOf } from "../entry.ts";
import type { SettingFinding } from "../finding.ts";
import { botError, removePart, setExample } from "./finding.ts";
import { partAt, partsOf } from "./parts.ts";
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
  if (last !== undefined) {
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
  const { rule, hint = "docs/bot-settings.md describes each part.", example } = entryOf(schema);
  const name = part.join(".");
  // Pulumi sets no part below a single value: the value must be removed first.
  const command = example === undefined ? `${removePart(name)} && ${setExample(name)}` : setExample(name);
  return botError(name, rule, hint, command);
}
