import { findCopyErrors } from "../../../binance/copy-errors.ts";
import { tokenProblem } from "../../../hetzner/token.ts";
import type { SettingFinding } from "../finding.ts";

/**
 * Finds secrets that are stored in plaintext.
 *
 * @param names every name that is set
 * @param encrypted the names that are stored encrypted
 * @param secrets the names that must be
 */
export function findPlaintextSecrets(
  names: string[],
  encrypted: string[],
  secrets: string[],
): SettingFinding[] {
  return secrets
    .filter((name) => names.includes(name) && !encrypted.includes(name))
    .map((setting) => ({
      severity: "error",
      setting,
      problem: "is stored in plaintext",
      explanation:
        "Everybody who can read the stack's file or its history knows it. Replace it by a new one, and set that encrypted:",
      command: `pulumi config set --secret ${setting}`,
    }));
}

export function checkToken(token: string | undefined): SettingFinding[] {
  const problem = tokenProblem(token);
  if (problem === undefined) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: "hcloud:token",
      problem,
      explanation:
        "Create one in Hetzner's Cloud Console: your project, Security, API tokens, Read & Write. Then:",
      command: "pulumi config set --secret hcloud:token",
    },
  ];
}

/** @param names the settings of the two values */
export function checkKeyPair(
  apiKey: string | undefined,
  apiSecret: string | undefined,
  names = { apiKey: "binance:apiKey", apiSecret: "binance:apiSecret" },
): SettingFinding[] {
  return findCopyErrors(apiKey, apiSecret, names).map(
    ({ value, severity, problem, remedy, severalLines }) => ({
      severity,
      setting: names[value],
      problem,
      explanation: remedy,
      command: `pulumi config set --secret ${names[value]}${severalLines === true ? " < private.pem" : ""}`,
    }),
  );
}
