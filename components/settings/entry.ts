import * as z from "zod";
import { closest } from "./closest.ts";
import type { SettingFinding } from "./finding.ts";

/** What the schema says about a setting, or a part of `bot`, besides its shape and its default (zod's `.meta()`). */
const entry = z.object({
  /** What it is and which values it takes: for Pulumi.yaml and the tables in docs/. */
  description: z.string(),
  /** A value as a person types it in a shell. Without one, the command that fixes a wrong value removes it. */
  example: z.string().optional(),
  /** Follows the name in a message about a value of the wrong form: "must be true or false". */
  rule: z.string().default("has the wrong form"),
  /** Sentences that help to get the value right. */
  hint: z.string().optional(),
  /** Stored encrypted only. */
  secret: z.boolean().default(false),
  /** `pulumi up` refuses to run without it. */
  required: z.boolean().default(false),
  /** The default in words, for the docs, if the schema's own doesn't say enough. */
  defaultText: z.string().optional(),
});

export type Entry = z.output<typeof entry>;

/** @throws Error if the schema has no description: a bug that every test finds */
export function entryOf(schema: z.ZodType): Entry {
  return entry.parse(schema.meta());
}

/** A longer value isn't shown: it might be a secret that was set under the wrong name. */
const longestShown = 16;

const oneOf = z.object({ enum: z.array(z.string()) });

/** The values that a setting may have, if it has only some. */
function choicesOf(schema: z.ZodType): string[] {
  return oneOf.catch({ enum: [] }).parse(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }))
    .enum;
}

/** What to say about a setting whose value has the wrong form. */
export function malformed(setting: string, schema: z.ZodType, value: string): SettingFinding {
  const { rule, hint, example } = entryOf(schema);
  // Not two: "on" isn't meant to be "off".
  const instead = closest(value, choicesOf(schema), 1) ?? example;
  const shown = value.length <= longestShown ? [`It is set to ${JSON.stringify(value)}.`] : [];
  return {
    severity: "error",
    setting,
    problem: rule,
    explanation: [...shown, ...(hint === undefined ? [] : [hint])].join(" "),
    command: `pulumi config ${instead === undefined ? `rm ${setting}` : `set ${setting} ${instead}`}`,
  };
}
