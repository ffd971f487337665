import { findCopyErrors } from "../../binance/copy-errors.ts";
import type { SettingFinding } from "./finding.ts";

/** The settings of other namespaces that are stored encrypted only. */
export const namespacedSecrets = ["hcloud:token", "binance:apiKey", "binance:apiSecret"];

/** @param mustBeSecret full names of the settings that may be stored encrypted only */
export function findPlaintextSecrets(
  values: Record<string, string>,
  secretNames: string[],
  mustBeSecret: string[],
): SettingFinding[] {
  return mustBeSecret
    .filter((name) => values[name] !== undefined && !secretNames.includes(name))
    .map((name) => ({
      severity: "error",
      setting: name,
      problem: "is stored in plaintext",
      explanation:
        "Whoever reads the stack's file or its history has it: replace it by a new one, and set that encrypted.",
      command: `pulumi config set --secret ${name}`,
    }));
}

/** Hetzner's tokens have exactly 64 characters; its provider refuses others without saying where they came from. */
export function examineToken(token: string | undefined): SettingFinding[] {
  const refuse = (problem: string): SettingFinding[] => [
    {
      severity: "error",
      setting: "hcloud:token",
      problem,
      explanation: "Create one in Hetzner's Cloud Console: your project, Security, API tokens, Read & Write.",
      command: "pulumi config set --secret hcloud:token",
    },
  ];
  if (token === undefined) {
    return refuse("is missing");
  }
  if (/\s/.test(token)) {
    return refuse("has white space or a line break in or around it");
  }
  if (token.length !== 64) {
    return refuse(`has ${token.length} characters, where a token has 64`);
  }
  if (!/^[A-Za-z0-9]+$/.test(token)) {
    return refuse("has a character that is no plain letter or digit");
  }
  return [];
}

export function examineKeyPair(apiKey: string | undefined, apiSecret: string | undefined): SettingFinding[] {
  return findCopyErrors(apiKey, apiSecret).map(({ value, severity, problem, remedy }) => ({
    severity,
    setting: `binance:${value}`,
    problem,
    explanation: remedy,
    command: `pulumi config set --secret binance:${value}`,
  }));
}
