import { findMadePairErrors } from "../../../binance/made-pair.ts";
import type { SettingFinding } from "../finding.ts";

/** Checks a pair whose private key was made on the server. */
export function checkMadePair(
  apiKey: string | undefined,
  apiSecret: string | undefined,
  publicKey: string,
): SettingFinding[] {
  return findMadePairErrors({ apiKey, apiSecret, publicKey }).map(
    ({ setting, problem, remedy, command }) => ({
      severity: "error",
      setting,
      problem,
      explanation: remedy,
      command,
    }),
  );
}
