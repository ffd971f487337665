import { accountRefusalIn } from "../../binance/account-refusals.ts";
import { describeFailure, type Failure } from "../../binance/failure.ts";
import { meaningOf } from "../../binance/refusals.ts";
import type { Restrictions } from "../../binance/replies.ts";
import { sentence } from "../../binance/text.ts";
import { diagnose } from "../diagnosis/diagnosis.ts";
import type { RefusedAction } from "../diagnosis/situation.ts";
import { evidence, type Judgement, notChecked, proven } from "../finding.ts";
import type { Permissions } from "../key-rules.ts";
import type { CoreObservations } from "../observations.ts";
import type { TradingObservations } from "../trading-observations.ts";
import { judgeFailure, unknownBecause } from "./failure.ts";
import { flag, unclear } from "./flags.ts";
import { tradingPermission, undeclaredPurpose } from "./permissions.ts";

/** Beyond the eight points: an order would be accepted. */
export function judgeTrading(
  observed: CoreObservations,
  ipAddress: string,
  permissions: Permissions,
): Judgement {
  const { restrictions, orderTest } = observed;
  if (!restrictions.ok) {
    return notChecked;
  }
  const permission = judgeTradingPermission(restrictions.value, permissions);
  if (permission.verdict === "fail") {
    return permission;
  }
  const restriction = judgeAccountRestriction(observed);
  if (restriction !== undefined) {
    return restriction;
  }
  if (!orderTest.ok) {
    if (isMarginInsufficient(orderTest.failure)) {
      return {
        verdict: permission.verdict,
        known: evidence,
        detail:
          "The permission is on. A test order, which is never placed, was refused only because the futures wallet has too little margin for it.",
      };
    }
    return judgeFailure(
      orderTest.failure,
      ipAddress,
      "The test order, which is never placed, was not accepted",
      { refusedAction: tradeAction(permissions) },
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
export function judgeTradingPermission(restrictions: Restrictions, permissions: Permissions): Judgement {
  const { field, box } = tradingPermission(permissions);
  switch (flag(restrictions, field)) {
    case true:
      return { verdict: "pass", known: evidence, detail: `${field} is true.` };
    case false: {
      const purpose = undeclaredPurpose(restrictions, permissions);
      if (purpose !== undefined) {
        return {
          verdict: "fail",
          known: proven,
          detail: `${field} is false: the key is for ${purpose}.`,
          remedy: "Point 7 says what to do.",
        };
      }
      return {
        verdict: "fail",
        known: proven,
        detail: `The key may only read: ${field} is false.`,
        causes: [
          "A person has turned it off.",
          "Binance has turned it off, as it does for keys that have had no whitelist for some weeks.",
        ],
        remedy: `At Binance, in API Management, edit the key, tick "${box}", and save.`,
      };
    }
    case undefined:
      return unclear(field);
  }
}

/** Binance is said to go by the account, so another server or another address changes nothing. */
const region = `Binance no longer serves the country of the account. It is reported, but not confirmed, to accept no new orders of residents of the EU since 2026-07-01.`;

const byHand =
  "Log in at Binance with this account: see if there is a notice, and if a small order by hand is accepted. If it is refused as well, no key and no server changes that; ask Binance's support.";

/**
 * Whether Binance refuses orders because of the account.
 *
 * @returns undefined if it doesn't, or if that isn't known
 */
export function judgeAccountRestriction({
  orderTest,
  sellTest,
}: Pick<TradingObservations, "orderTest" | "sellTest">): Judgement | undefined {
  const kind = orderTest.ok ? undefined : accountRefusalIn(orderTest.failure);
  if (orderTest.ok || kind === undefined) {
    return undefined;
  }
  const failure = describeFailure(orderTest.failure);
  if (kind === "reduce-only" || sellTest?.ok === true) {
    const sells = sellTest?.ok === true ? " A test order to sell was accepted." : "";
    return {
      verdict: "fail",
      known: proven,
      detail: `${sentence(`The account may only reduce what it has: Binance refuses a test order to buy, ${failure}`)}${sells}`,
      causes: [
        region,
        "The account broke a trading rule, or has a position that is too large: Binance limits it for a time.",
      ],
      remedy: `The bot can close positions and open none. ${byHand}`,
    };
  }
  return {
    verdict: "fail",
    known: proven,
    detail: sentence(`Binance refuses every order of the account, whatever the key may do: ${failure}`),
    causes:
      kind === "region"
        ? [region]
        : [
            "Trading is locked for the account, such as after a broken trading rule or a security review.",
            region,
          ],
    remedy: byHand,
  };
}

/** What the guard knows besides its observations. */
export interface OrderContext {
  ipAddress: string;
  permissions: Permissions;
  /** Whether Binance has accepted a test order with this pair before. */
  ordersWereAccepted: boolean;
}

/**
 * Whether the orders of a bot that runs are accepted. A refusal that concerns the symbol alone counts only if test orders
 * were accepted before: a key may be limited to other symbols.
 */
export function judgeOrders(
  observed: Pick<TradingObservations, "orderTest" | "sellTest">,
  { ipAddress, permissions, ordersWereAccepted }: OrderContext,
): Judgement {
  const { orderTest } = observed;
  if (orderTest.ok || isMarginInsufficient(orderTest.failure)) {
    return { verdict: "pass", known: proven, detail: "A test order, which is never placed, was accepted." };
  }
  const restriction = judgeAccountRestriction(observed);
  if (restriction !== undefined) {
    return restriction;
  }
  const { failure } = orderTest;
  const meaning = failure.kind === "refused" ? meaningOf(failure) : undefined;
  if (!ordersWereAccepted || (meaning?.concerns !== "order" && meaning?.concerns !== "key")) {
    return unknownBecause(failure);
  }
  const { causes, remedy } = diagnose(failure, {
    ipAddress,
    caller: "guard",
    refusedAction: tradeAction(permissions),
  });
  return {
    verdict: "fail",
    known: proven,
    detail: sentence(`Binance refuses the test order that it accepted before: ${describeFailure(failure)}`),
    causes,
    remedy: `See in the bot's log whether its own orders are refused: \`npm run logs\`. ${remedy}`,
  };
}

function tradeAction(permissions: Permissions): RefusedAction {
  return permissions === "futures" ? "trade-futures" : "trade";
}

/** Assumed: Binance checks the key's permission before the margin. */
function isMarginInsufficient(failure: Failure): boolean {
  return failure.kind === "refused" && failure.code === -2019;
}
