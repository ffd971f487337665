import type * as z from "zod";
import { closest } from "../closest.ts";
import { entryOf } from "../entry.ts";
import type { SettingFinding } from "../finding.ts";
import { botError, removePart, setExample } from "./finding.ts";
import { partAt, partsOf } from "./parts.ts";
import { botSchema, type BotShape } from "./schema.ts";

/** What is in the setting `bot`. */
interface ReadBot {
  /** The parts that have the right form. Undefined if no bot is configured. */
  shape: BotShape | undefined;
  /** The parts that don't, or that may be meant by a name that doesn't exist. */
  malformed: ReadonlySet<string>;
  findings: SettingFinding[];
}

/**
 * Reads the setting `bot`.
 *
 * @param text JSON, as Pulumi gives an object to the program; empty for no bot
 */
export function readBot(text: string): ReadBot {
  const value = parseText(text);
  const nothing = { shape: undefined, malformed: new Set<string>() };
  // `pulumi config rm --path` leaves an empty object.
  if (value === undefined || (isObject(value) && Object.keys(value).length === 0)) {
    return { ...nothing, findings: [] };
  }
  if (!isObject(value)) {
    return { ...nothing, findings: [notAnObject] };
  }
  const result = botSchema.safeParse(value);
  if (result.success) {
    return { shape: result.data, malformed: new Set(), findings: [] };
  }
  const { issues } = result.error;
  const wrong = new Set(issues.flatMap(partsIn));
  const sound = Object.fromEntries(Object.entries(value).filter(([name]) => !wrong.has(name)));
  const meant = [...wrong].flatMap((name) => closest(name, partNames) ?? []);
  return {
    shape: botSchema.parse(sound),
    malformed: new Set([...wrong, ...meant]),
    findings: describeIssues(issues),
  };
}

const partNames = Object.keys(botSchema.shape);

/** The names of the parts that an issue is about. */
function partsIn(issue: z.core.$ZodIssue): string[] {
  const [part] = issue.path;
  return part === undefined && issue.code === "unrecognized_keys" ? issue.keys : [String(part)];
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
    command: removePart([...path, name].join(".")),
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
