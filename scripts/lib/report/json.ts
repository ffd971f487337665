import { oneLine, presentable } from "../../../binance/errors.ts";
import { overall } from "../../../checklist/finding.ts";
import type { Verification } from "../verification/verification.ts";

/** Raised whenever a field is taken away or changes its meaning; docs/verify.md describes the shape. */
export const jsonVersion = 1;

/** The findings for programs. */
export function reportJson(verification: Verification): string {
  const { ipAddress, keyPair, live, keyName, at, findings, balances } = verification;
  const report = {
    version: jsonVersion,
    checkedAt: new Date(at).toISOString(),
    verdict: overall(findings.map(({ verdict }) => verdict)),
    server: { ipAddress },
    key: { fingerprint: keyPair, live, name: keyName === "" ? null : oneLine(keyName) },
    findings: findings.map(({ id, point, title, verdict, known, detail, causes, remedy }) => ({
      id,
      point: point ?? null,
      title,
      verdict,
      known: known?.by ?? null,
      confirmedOn: known?.by === "confirmed" ? known.on : null,
      detail,
      causes: causes ?? [],
      remedy: remedy ?? null,
    })),
    balances:
      balances?.map(({ asset, free, locked }) => ({ asset: presentable(asset), free, locked })) ?? null,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
