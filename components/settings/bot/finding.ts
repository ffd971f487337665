import type { SettingFinding } from "../finding.ts";

/** An error about a part of the setting `bot`; the command sets that part anew. */
export function botError(
  part: string,
  problem: string,
  explanation: string,
  value: string | undefined,
): SettingFinding {
  const command = value === undefined ? `rm --path bot.${part}` : `set --path bot.${part} ${value}`;
  return {
    severity: "error",
    setting: `bot.${part}`,
    problem,
    explanation,
    command: `pulumi config ${command}`,
  };
}

/** Something that may be meant, and mostly isn't. */
export function botWarning(
  part: string,
  problem: string,
  explanation: string,
  value: string,
): SettingFinding {
  return { ...botError(part, problem, explanation, value), severity: "warning" };
}
