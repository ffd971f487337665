import type { Restrictions } from "../../binance/replies.ts";
import { type Judgement, proven } from "../finding.ts";
import { flag, unclear } from "./flags.ts";

/** Point 1: withdrawals are off. */
export function judgeWithdrawals(restrictions: Restrictions): Judgement {
  switch (flag(restrictions, "enableWithdrawals")) {
    case false:
      return { verdict: "pass", known: proven, detail: "Binance confirms it: enableWithdrawals is false." };
    case true:
      return {
        verdict: "fail",
        known: proven,
        detail: "A person with this key can withdraw the money: enableWithdrawals is true.",
        remedy:
          "Delete the key at Binance at once, check the account's withdrawals, and create a new key without this permission.",
      };
    case undefined:
      return unclear("enableWithdrawals");
  }
}
