import { quoteForShell } from "../../../checklist/shell.ts";
import type { SettingFinding } from "../finding.ts";
import { exampleOf } from "./parts.ts";

/** An error in a part of the setting `bot`. */
export function botError(
  part: string,
  problem: string,
  explanation: string,
  command: string = setExample(part),
): SettingFinding {
  return { severity: "error", setting: `bot.${part}`, problem, explanation, command };
}

/** Something that may be intended, but usually isn't. */
export function botWarning(
  part: string,
  problem: string,
  explanation: string,
  command?: string,
): SettingFinding {
  return { ...botError(part, problem, explanation, command), severity: "warning" };
}

/** The command that sets a part to the schema's example. */
export function setExample(part: string): string {
  const { part: path, example } = exampleOf(part.split("."));
  return setPart(path.join("."), example);
}

/** @param value as a person types it in a shell, with quotes */
export function setPart(part: string, value: string): string {
  const path = quoteForShell(`bot.${part}`);
  if (part.startsWith("secrets.")) {
    // Without the value, which Pulumi reads at a prompt.
    return `pulumi config set --secret --path ${path}`;
  }
  // Pulumi refuses to store a value in plaintext if the setting's name sounds like a secret.
  const plaintext = part.endsWith("apiSecret") ? "--plaintext " : "";
  return `pulumi config set ${plaintext}--path ${path} ${value}`;
}

export function removePart(part: string): string {
  return `pulumi config rm --path ${quoteForShell(`bot.${part}`)}`;
}
