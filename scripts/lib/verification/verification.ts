import type { Account } from "../../../binance/replies.ts";
import type { Finding } from "../../../checklist/finding.ts";

/** What `npm run verify` has found out, to be shown in one way or another. */
export interface Verification {
  ipAddress: string;
  /** The pair's fingerprint. */
  keyPair: string;
  /** Whether that pair is the one on the server. */
  live: boolean;
  keyName: string;
  /** When it was checked, in ms. */
  at: number;
  findings: Finding[];
  /** Undefined where the account hasn't answered. */
  balances: Account["balances"] | undefined;
}
