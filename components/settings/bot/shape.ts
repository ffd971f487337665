import * as z from "zod";
import type { SettingFinding } from "../finding.ts";
import { describeIssues } from "./shape-findings.ts";

/** `pulumi config set --path` stores what looks like a number or a flag as one. */
const words = z
  .union([
    z.boolean(),
    z.number().refine((value) => !Number.isInteger(value) || Number.isSafeInteger(value)),
    z.string(),
  ])
  .transform(String);

const wholeNumber = z.union([z.int(), z.string().regex(/^\d+$/).transform(Number)]);

/** A list, or as a person types one: separated by commas. */
const list = z.union([
  z.string().transform((value) =>
    value
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  ),
  z.array(z.string()),
]);

/** The setting `bot` as a person writes it. In each union the form that messages are about comes last. */
const botShape = z.strictObject({
  preset: z.enum(["freqtrade", "nautilus-trader", "ccxt", "none"]).optional(),
  command: z.union([z.array(words), z.string()]).optional(),
  workingDirectory: z.string().optional(),
  environment: z.record(z.string(), words).optional(),
  key: z
    .union([
      z.literal("none"),
      z.strictObject({
        environment: z.strictObject({ apiKey: z.string(), apiSecret: z.string() }).optional(),
        file: z
          .strictObject({
            name: z.string(),
            template: z.string(),
            format: z.enum(["json", "text"]).default("json"),
          })
          .optional(),
        path: z.string().optional(),
      }),
    ])
    .optional(),
  profile: z.enum(["strict", "jit"]).optional(),
  watchdogSeconds: wholeNumber
    .pipe(z.number().refine((value) => value === 0 || (value >= 10 && value <= 3600)))
    .optional(),
  hosts: list.optional(),
});

export type BotShape = z.output<typeof botShape>;

/**
 * Reads the setting `bot`.
 *
 * @param text JSON, as Pulumi hands an object over; empty for no bot
 * @returns no bot where there is none, or a finding
 */
export function readBot(text: string): { shape: BotShape | undefined; findings: SettingFinding[] } {
  const value = parseJson(text);
  if (value === undefined) {
    return { shape: undefined, findings: [] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { shape: undefined, findings: [noObject] };
  }
  // What `pulumi config rm --path` leaves of a bot.
  if (Object.keys(value).length === 0) {
    return { shape: undefined, findings: [] };
  }
  const result = botShape.safeParse(value);
  if (result.success) {
    return { shape: result.data, findings: [] };
  }
  return { shape: undefined, findings: describeIssues(result.error.issues) };
}

const noObject: SettingFinding = {
  severity: "error",
  setting: "bot",
  problem: "is a single value, where it has parts",
  explanation: "Each part is set on its own, with --path; docs/bot-settings.md names them all.",
  command: "pulumi config rm bot && pulumi config set --path bot.preset freqtrade",
};

function parseJson(text: string): unknown {
  if (text.trim() === "") {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
