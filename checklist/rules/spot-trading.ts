import type { Restrictions } from "../../binance/replies.ts";
import { evidence, type Judgement, notChecked, proven } from "../finding.ts";
import type { CoreObservations } from "../observations.ts";
import { judgeFailure } from "./failure.ts";
import { flag, unclear } from "./flags.ts";

/** Beyond the eight points: an order would be accepted. */
export function judgeSpotTrading(observed: CoreObservations, ipAddress: string): Judgement {
  const { restrictions, orderTest } = observed;
  if (!restrictions.ok) {
    return notChecked;
  }
  const permission = judgeTradingPermission(restrictions.value);
  if (permission.verdict === "fail") {
    return permission;
  }
  if (!orderTest.ok) {
    return judgeFailure(
      orderTest.failure,
      ipAddress,
      "The test order, which is never placed, was not accepted",
      { refusedAction: "trade" },
    );
  }
  if (permission.verdict !== "pass") {
    return permission;
  }
  return {
    verdict: "pass",
    known: proven,
    detail: "The permission is on, and a test order, which is never placed, was accepted.",
  };
}

/** The permission to trade, as Binance lists it. Only a test order shows that it works. */
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
      return unclear("enableSpotAndMarginTrading");
  }
}
