import { presentable } from "../../binance/errors.ts";
import type { Restrictions } from "../../binance/replies.ts";
import { evidence, type Judgement, proven } from "../finding.ts";

/**
 * The documented permissions that a spot bot doesn't need, with their names in API Management (see GET
 * /sapi/v1/account/apiRestrictions). Each must be said to be off: a field that is missing is a doubt.
 */
const unneeded: Record<string, string> = {
  enableWithdrawals: "Enable Withdrawals",
  enableInternalTransfer: "Enable Internal Transfer",
  permitsUniversalTransfer: "Permits Universal Transfer",
  enableMargin: "Enable Margin Loan, Repay & Transfer",
  enableFutures: "Enable Futures",
  enableVanillaOptions: "Enable European Options",
  enablePortfolioMarginTrading: "Enable Portfolio Margin Trading",
  enableFixApiTrade: "Enable FIX API Trading",
};

/** Reading, spot trading, and what comes with plain reading. */
const needless = new Set(Object.keys(unneeded));
const permitted = new Set(["enableReading", "enableSpotAndMarginTrading", "enableFixReadOnly"]);

/** A field's value, where it is a real boolean of the reply's own; "false", 0 and null say nothing. */
export function flag(restrictions: Restrictions, name: string): boolean | undefined {
  const value = Object.hasOwn(restrictions, name) ? restrictions[name] : undefined;
  return typeof value === "boolean" ? value : undefined;
}

/** Point 1: withdrawals are off. */
export function judgeWithdrawals(restrictions: Restrictions): Judgement {
  switch (flag(restrictions, "enableWithdrawals")) {
    case false:
      return { verdict: "pass", known: proven, detail: "Binance says so: enableWithdrawals is false." };
    case true:
      return {
        verdict: "fail",
        known: proven,
        detail: "Whoever has this key can take the money away: enableWithdrawals is true.",
        remedy:
          "Delete the key at Binance at once, look through the account's withdrawals, and create a new key without this permission.",
      };
    case undefined:
      return unsaid("enableWithdrawals");
  }
}

/** Point 7: nothing is on beyond reading and spot trading. */
export function judgePermissions(restrictions: Restrictions): Judgement {
  const { on, doubtful } = excess(restrictions);
  if (on.length > 0) {
    return {
      verdict: "fail",
      known: proven,
      detail: `The key may do more than it needs: ${on.join("; ")}.`,
      remedy: "At Binance, in API Management, edit the key, untick it, and save.",
    };
  }
  if (doubtful.length > 0) {
    return unsaid(doubtful.join(", "));
  }
  return {
    verdict: "pass",
    known: proven,
    detail: "Of the permissions that Binance tells of, nothing is on beyond reading and spot trading.",
  };
}

/** The permission to trade, as Binance lists it; that it works is another question. */
export function judgeTradingPermission(restrictions: Restrictions): Judgement {
  switch (flag(restrictions, "enableSpotAndMarginTrading")) {
    case true:
      return { verdict: "pass", known: evidence, detail: "enableSpotAndMarginTrading is true." };
    case false:
      return {
        verdict: "fail",
        known: proven,
        detail: "The key may only read: enableSpotAndMarginTrading is false.",
        remedy: 'At Binance, in API Management, edit the key, tick "Enable Spot & Margin Trading", and save.',
      };
    case undefined:
      return unsaid("enableSpotAndMarginTrading");
  }
}

/** Every permission that is on and needn't be, unknown ones included, and those that the reply is unclear about. */
function excess(restrictions: Restrictions): { on: string[]; doubtful: string[] } {
  const on: string[] = [];
  const doubtful: string[] = [];
  const others = Object.keys(restrictions).filter(
    // New boxes appear in API Management before they are documented. Spelt in any way: rather one too many.
    (name) => /^\s*(enable|permit)/i.test(name) && !permitted.has(name) && !needless.has(name),
  );
  for (const name of [...needless, ...others]) {
    const value = flag(restrictions, name);
    const shown = presentable(name);
    if (value === true) {
      on.push(name in unneeded ? `"${unneeded[name] ?? ""}" (${shown})` : shown);
    } else if (value === undefined) {
      doubtful.push(shown);
    }
  }
  return { on, doubtful };
}

/** The judgement on fields that are missing, or neither true nor false. */
export function unsaid(fields: string): Judgement {
  return {
    verdict: "unknown",
    known: undefined,
    detail: `The reply says nothing clear about ${fields}.`,
    remedy:
      "Look at the key in API Management at Binance. If it stays, look for a newer version of this program.",
  };
}
