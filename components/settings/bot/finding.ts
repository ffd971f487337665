import type { SettingFinding } from "../finding.ts";

/**
 * An error in a part of the setting `bot`.
 *
 * @param value what the command sets the part to; undefined removes it
 */
export function botError(
  part: string,
  problem: string,
  explanation: string,
  value: string | undefined,
): SettingFinding {
  return {
    severity: "error",
    setting: `bot.${part}`,
    problem,
    explanation,
    command: fixCommand(part, value),
  };
}

/** Something that may be intended, but usually isn't. */
export function botWarning(
  part: string,
  problem: string,
  explanation: string,
  value: string,
): SettingFinding {
  return { ...botError(part, problem, explanation, value), severity: "warning" };
}

/** The command that sets a part, or removes it. */
export function fixCommand(part: string, value: string | undefined): string {
  if (value === undefined) {
    return `pulumi config rm --path bot.${part}`;
  }
  // Pulumi refuses to store a value in plaintext if the setting's name sounds like a secret.
  const plaintext = part.endsWith("apiSecret") ? "--plaintext " : "";
  return `pulumi config set ${plaintext}--path bot.${part} ${value}`;
}
