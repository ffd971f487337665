import { type Naming, ownParameters } from "./parse-order.ts";

// What the calls that place an order list name the parameters of each of its orders.

/** The parameters that aren't named by the prefix, such as one quantity for both orders of a pair. */
type OtherNames = Partial<Record<Parameters<Naming>[0], string>>;

/** With the prefix "above", "price" is "abovePrice". */
function prefixed(prefix: string, others: OtherNames = {}): Naming {
  return (parameter) => {
    const name = parameter.replace(/^new/, "");
    return others[parameter] ?? `${prefix}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  };
}

const sharedByOco: OtherNames = { side: "side", quantity: "quantity" };
const sharedByPending: OtherNames = { side: "pendingSide", quantity: "pendingQuantity" };

/** How each order of a list names its parameters. */
export const namings = {
  above: prefixed("above", sharedByOco),
  below: prefixed("below", sharedByOco),
  working: prefixed("working"),
  pending: prefixed("pending"),
  pendingAbove: prefixed("pendingAbove", sharedByPending),
  pendingBelow: prefixed("pendingBelow", sharedByPending),
  /** The orders of the deprecated call. */
  limit: prefixed("limit", { ...sharedByOco, price: "price" }),
  stop: prefixed("stop", {
    ...sharedByOco,
    ...{ price: "stopLimitPrice", timeInForce: "stopLimitTimeInForce" },
    ...{ stopPrice: "stopPrice", trailingDelta: "trailingDelta" },
  }),
};

const common = ["symbol", "listClientOrderId", "newOrderRespType", "selfTradePreventionMode"];

function namesIn(...orders: Naming[]): string[] {
  return [...new Set(orders.flatMap((nameOf) => ownParameters.map(nameOf)))];
}

function without(names: readonly string[], ...unwanted: string[]): string[] {
  return names.filter((name) => !unwanted.includes(name));
}

const working = namesIn(namings.working);
const pending = namesIn(namings.pending);
const pendingPair = namesIn(namings.pendingAbove, namings.pendingBelow);

/** All parameters of each call. */
export const listParameters = {
  oco: [...common, ...namesIn(namings.above, namings.below)],
  oldOco: [
    ...common,
    ...["side", "quantity", "limitClientOrderId", "price", "limitStrategyId", "limitStrategyType"],
    ...["limitIcebergQty", "trailingDelta", "stopClientOrderId", "stopPrice", "stopStrategyId"],
    ...["stopStrategyType", "stopLimitPrice", "stopIcebergQty", "stopLimitTimeInForce"],
  ],
  oto: [...common, ...working, ...pending],
  otoco: [...common, ...working, ...pendingPair],
  opo: [...common, ...working, ...without(pending, "pendingQuantity")],
  opoco: [...common, ...working, ...without(pendingPair, "pendingQuantity")],
};
