import type { Restrictions } from "../../binance/replies.ts";
import { redact } from "../../binance/text.ts";
import { type Judgement, proven } from "../finding.ts";
import { flag, unclear } from "./flags.ts";

/** The permissions that a key may have: reading, spot trading, and what is on with plain reading. */
const allowed = new Set(["enableReading", "enableSpotAndMarginTrading", "enableFixReadOnly"]);

/**
 * The documented permissions that count as excess, with their names in API Management (see GET
 * /sapi/v1/account/apiRestrictions). The reply must say that each is off: a missing field is a doubt.
 */
const excess = new Map(
  Object.entries({
    enableWithdrawals: "Enable Withdrawals",
    enableInternalTransfer: "Enable Internal Transfer",
    permitsUniversalTransfer: "Permits Universal Transfer",
    enableMargin: "Enable Margin Loan, Repay & Transfer",
    enableFutures: "Enable Futures",
    enableVanillaOptions: "Enable European Options",
    enablePortfolioMarginTrading: "Enable Portfolio Margin Trading",
    enableFixApiTrade: "Enable FIX API Trading",
  }),
);

/** Point 7: nothing is on beyond reading and spot trading. */
export function judgePermissions(restrictions: Restrictions): Judgement {
  const { on, unknown } = findExcess(restrictions);
  if (on.length > 0) {
    return {
      verdict: "fail",
      known: proven,
      detail: `The key may do more than it needs: ${on.join("; ")}.`,
      remedy: "At Binance, in API Management, edit the key, untick it, and save.",
    };
  }
  if (unknown.length > 0) {
    return unclear(unknown.join(", "));
  }
  return {
    verdict: "pass",
    known: proven,
    detail: "Of the permissions that Binance reports, none is on beyond reading and spot trading.",
  };
}

/** Every excess permission that is on, undocumented ones included, and those about which the reply isn't clear. */
function findExcess(restrictions: Restrictions): { on: string[]; unknown: string[] } {
  const on: string[] = [];
  const unknown: string[] = [];
  // New permissions appear in API Management before they are documented. Any spelling counts, because a false alarm is
  // better than a missed permission.
  const undocumented = Object.keys(restrictions).filter(
    (name) => /^\s*(enable|permit)/i.test(name) && !allowed.has(name) && !excess.has(name),
  );
  for (const name of [...excess.keys(), ...undocumented]) {
    const value = flag(restrictions, name);
    const shown = redact(name);
    if (value === true) {
      const label = excess.get(name);
      on.push(label === undefined ? shown : `"${label}" (${shown})`);
    } else if (value === undefined) {
      unknown.push(shown);
    }
  }
  return { on, unknown };
}
