import type { Account } from "../../../binance/replies.ts";
import { oneLine, redact } from "../../../binance/text.ts";
import { type Finding, overall } from "../../../checklist/finding.ts";

/** The result of `npm run verify`. */
export interface Verification {
  ipAddress: string;
  /** The stack's other address, which no server has; undefined if there is none. */
  standbyIp?: string | undefined;
  /** The key pair's fingerprint. */
  keyPair: string;
  /** Whether this key pair is the one on the server. */
  live: boolean;
  /** Whether the bot trades without real money, and doesn't get this key pair. */
  inPaperMode: boolean;
  keyName: string;
  /** When it was checked, in ms since 1970. */
  at: number;
  findings: Finding[];
  /** Undefined if the account could not be read. */
  balances: Account["balances"] | undefined;
}

/** Raised when a field is removed or changes its meaning. docs/verify.md describes the format. */
const jsonVersion = 1;

/** The result for programs. */
export function verificationJson(verification: Verification): string {
  const { ipAddress, standbyIp, keyPair, live, inPaperMode, keyName, at, findings, balances } = verification;
  const report = {
    version: jsonVersion,
    checkedAt: new Date(at).toISOString(),
    verdict: overall(findings.map(({ verdict }) => verdict)),
    server: { ipAddress, standbyIp: standbyIp ?? null },
    botInPaperMode: inPaperMode,
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
    balances: balances?.map(({ asset, free, locked }) => ({ asset: redact(asset), free, locked })) ?? null,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
