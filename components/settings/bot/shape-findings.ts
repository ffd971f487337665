import type * as z from "zod";
import type { SettingFinding } from "../finding.ts";
import { closest } from "../unknown-settings.ts";

/** The names that may stand at a place inside `bot`, for the nearest one to a misspelt name. */
const knownNames: Record<string, string[]> = {
  "": ["preset", "command", "workingDirectory", "environment", "key", "profile", "watchdogSeconds", "hosts"],
  key: ["environment", "file", "path"],
  "key.environment": ["apiKey", "apiSecret"],
  "key.file": ["name", "template", "format"],
};

interface Malformed {
  problem: string;
  explanation: string;
  /** The place that an example is set at, where it isn't this one. */
  part?: string;
}

/** What to say of a value of the wrong form, by its place inside `bot`. No value is shown: it might be a secret. */
const malformed: Record<string, Malformed> = {
  preset: {
    problem: "is no preset",
    explanation: "The presets are freqtrade, nautilus-trader, ccxt and none.",
  },
  command: {
    problem: "is neither a text nor a list of texts",
    explanation: "It is what starts the bot, as you would type it.",
  },
  workingDirectory: {
    problem: "is no text",
    explanation: "It is the folder in which the bot starts; {state} is the one that it may write to.",
  },
  environment: {
    problem: "is no map of names to texts",
    explanation:
      "Each variable is a part of its own. A whole number of more than 15 digits needs quotes in the file.",
    part: "environment.NAME",
  },
  key: {
    problem: "is no way to take a key",
    explanation:
      "It holds environment (two variables), file (a file by a template) or path (of the credential).",
    part: "key.environment.apiKey",
  },
  "key.environment": {
    problem: "doesn't name the two variables",
    explanation: "It has the parts apiKey and apiSecret, the variables' names.",
    part: "key.environment.apiKey",
  },
  "key.file": {
    problem: "isn't complete",
    explanation: "It has the parts name, template, and format (json or text).",
    part: "key.file.name",
  },
  "key.path": {
    problem: "is no text",
    explanation: "It is the name of the variable that holds the credential's path.",
  },
  profile: {
    problem: "is no profile",
    explanation:
      "It is strict, or jit for a runtime that makes code while it runs (Node, Java, .NET, numba).",
  },
  watchdogSeconds: {
    problem: "is no number of seconds that can be watched",
    explanation: "It is 0 (the bot can't say that it lives), or from 10 to 3600.",
  },
  hosts: {
    problem: "is no list of host names",
    explanation: "Set one name, or several separated by commas.",
  },
};

/** A value for each place that holds one, as a person types it. */
const examples: Record<string, string> = {
  preset: "freqtrade",
  command: `"{program}/.venv/bin/python {program}/main.py"`,
  workingDirectory: "{state}",
  "environment.NAME": "VALUE",
  "key.environment.apiKey": "BINANCE_API_KEY",
  "key.environment.apiSecret": "BINANCE_API_SECRET",
  "key.file.name": "config-private.json",
  "key.file.template": `'{"key": "{apiKey}", "secret": "{apiSecret}"}'`,
  "key.file.format": "json",
  "key.path": "BINANCE_KEY_FILE",
  profile: "jit",
  watchdogSeconds: "300",
  hosts: "api.telegram.org",
};

const unforeseen: Malformed = {
  problem: "has the wrong form",
  explanation: "docs/bot-settings.md describes each part.",
};

/** Says of each place in the setting `bot` what is wrong with its form, once. */
export function describeIssues(issues: z.core.$ZodIssue[]): SettingFinding[] {
  const findings = issues.flatMap((issue) => describeIssue(issue, []));
  return [...new Map(findings.map((finding) => [finding.setting, finding])).values()];
}

function describeIssue(issue: z.core.$ZodIssue, above: PropertyKey[]): SettingFinding[] {
  const path = [...above, ...issue.path];
  const last = issue.code === "invalid_union" ? issue.errors.at(-1) : undefined;
  if (last?.some(({ path: inner, code }) => inner.length > 0 || code === "unrecognized_keys")) {
    return last.flatMap((inner) => describeIssue(inner, path));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownName(path.join("."), key));
  }
  return [wrongForm(path.map(String))];
}

function unknownName(place: string, name: string): SettingFinding {
  const known = knownNames[place] ?? [];
  const nearest = closest(name, known);
  const full = (part: string) => ["bot", place, part].filter(Boolean).join(".");
  return {
    severity: "error",
    setting: full(name),
    problem: "is no setting of a bot",
    explanation: nearest
      ? `The nearest known name is ${full(nearest)}.`
      : `The known names are ${known.map(full).join(", ")}.`,
    command: `pulumi config rm --path ${full(name)}`,
  };
}

/** Of the innermost place that has a message. */
function wrongForm(path: string[]): SettingFinding {
  const place =
    [2, 1].map((length) => path.slice(0, length).join(".")).find((name) => name in malformed) ?? "";
  const { problem, explanation, part = place } = malformed[place] ?? unforeseen;
  const exact = path.join(".") in examples ? path.join(".") : part;
  // Pulumi takes the name of a variable for a secret where the setting's own name sounds like one.
  const plain = exact.endsWith("apiSecret") ? "--plaintext " : "";
  const set = `pulumi config set ${plain}--path bot.${exact} ${examples[exact] ?? "VALUE"}`;
  // A single value where parts belong must go first: Pulumi sets no part of it.
  const single = part !== place && path.join(".") === place;
  return {
    severity: "error",
    setting: `bot.${place}`,
    problem,
    explanation,
    command: single ? `pulumi config rm --path bot.${place} && ${set}` : set,
  };
}
