import {
  badCombination,
  invalidOrderType,
  invalidSide,
  invalidTimeInForce,
  missingOneOf,
  missingParameter,
} from "../../errors.ts";
import {
  badStrategyType,
  icebergNeedsGtc,
  invalidPegPriceType,
  orderRefused,
  parameterNotRequired,
} from "../../order-errors.ts";
import type { Exchange } from "../../state/exchange.ts";
import {
  allowedPreventionModes,
  defaultPreventionMode,
  isContingent,
  type OrderRequest,
  type OrderType,
  orderTypes,
  type SelfTradePreventionMode,
  timesInForce,
} from "../../trading/order.ts";
import { clientId, decimal, oneOf, required, symbolIn, type Values, wholeNumber } from "../read.ts";

/** The parameters that each order of a list has for itself. */
export const ownParameters = [
  ...(["type", "side", "quantity", "newClientOrderId", "icebergQty", "price", "stopPrice"] as const),
  ...(["trailingDelta", "timeInForce", "strategyId", "strategyType"] as const),
  ...(["pegPriceType", "pegOffsetType", "pegOffsetValue"] as const),
];
type OwnParameter = (typeof ownParameters)[number] | "quoteOrderQty";

/** The parameters of a single order, besides those of the request that places it. */
export const orderParameters = [
  ...["symbol", "quoteOrderQty", "newOrderRespType", "selfTradePreventionMode"],
  ...ownParameters,
];

/** What a request calls the parameters of one of its orders. */
export type Naming = (parameter: OwnParameter) => string;

interface Fields {
  mandatory: readonly OwnParameter[];
  optional: readonly OwnParameter[];
}

const limit = ["timeInForce", "quantity", "price"] as const;
const trigger = ["stopPrice", "trailingDelta"] as const;

/** Documented under "Some additional mandatory parameters based on order type". */
const fieldsOf: Record<OrderType, Fields> = {
  LIMIT: { mandatory: limit, optional: ["icebergQty"] },
  LIMIT_MAKER: { mandatory: ["quantity", "price"], optional: ["icebergQty"] },
  MARKET: { mandatory: [], optional: ["quantity", "quoteOrderQty"] },
  STOP_LOSS: { mandatory: ["quantity"], optional: trigger },
  STOP_LOSS_LIMIT: { mandatory: limit, optional: [...trigger, "icebergQty"] },
  TAKE_PROFIT: { mandatory: ["quantity"], optional: trigger },
  TAKE_PROFIT_LIMIT: { mandatory: limit, optional: [...trigger, "icebergQty"] },
};

const fieldsByType = [...limit, "quoteOrderQty", ...trigger, "icebergQty"] as const;

/** Documented: the values below it are reserved. */
const lowestStrategyType = 1_000_000;

/**
 * Reads one of the orders that a request places.
 *
 * @param options.nameOf what the request calls the parameters of this order, if it is part of a list
 * @param options.isPaidFor whether its quantity follows from another order
 * @throws ErrorAnswer if parameters are missing, not wanted, or don't fit together
 */
export function parseOrder(
  exchange: Exchange,
  values: Values,
  { nameOf, isPaidFor = false }: { nameOf?: Naming; isPaidFor?: boolean } = {},
): OrderRequest {
  const symbol = symbolIn(exchange, values);
  const named: Naming = nameOf ?? ((parameter) => parameter);
  required(values, named("side"));
  const side = oneOf(values, named("side"), ["BUY", "SELL"], invalidSide);
  required(values, named("type"));
  const type = oneOf(values, named("type"), orderTypes, invalidOrderType);
  if (side === undefined || type === undefined) {
    throw missingParameter(named("type"));
  }
  checkPeg(values, named);
  checkFields(type, values, named, isPaidFor);
  const timeInForce = oneOf(values, named("timeInForce"), timesInForce, invalidTimeInForce) ?? "GTC";
  const icebergQuantity = decimal(values, named("icebergQty"));
  if (nameOf !== undefined && icebergQuantity > 0n && timeInForce !== "GTC") {
    throw icebergNeedsGtc(named("icebergQty"), named("timeInForce"));
  }
  return {
    ...{ symbol, side, type, timeInForce, icebergQuantity },
    quantity: isPaidFor ? 0n : decimal(values, named("quantity")),
    quoteOrderQuantity: decimal(values, named("quoteOrderQty")),
    price: decimal(values, named("price")),
    stopPrice: decimal(values, named("stopPrice")),
    trailingDelta: wholeNumber(values, named("trailingDelta")) ?? 0,
    clientOrderId: clientId(values, named("newClientOrderId")),
    strategyId: wholeNumber(values, named("strategyId")),
    strategyType: strategyTypeIn(values, named("strategyType")),
    selfTradePreventionMode: preventionModeIn(values),
  };
}

function checkFields(type: OrderType, values: Values, named: Naming, isPaidFor: boolean): void {
  const { mandatory, optional: allowed } = fieldsOf[type];
  const needed = mandatory.filter((field) => !(isPaidFor && field === "quantity"));
  for (const field of needed) {
    required(values, named(field));
  }
  const unwanted = fieldsByType.find(
    (field) => values.has(named(field)) && !needed.includes(field) && !allowed.includes(field),
  );
  if (unwanted !== undefined) {
    throw parameterNotRequired(named(unwanted));
  }
  if (type === "MARKET" && !isPaidFor) {
    checkMarketAmount(values, named);
  }
  if (isContingent(type) && !values.has(named("stopPrice")) && !values.has(named("trailingDelta"))) {
    throw missingOneOf(named("stopPrice"), named("trailingDelta"));
  }
}

/** No symbol here allows pegged orders. They need no price. */
function checkPeg(values: Values, named: Naming): void {
  const allowed = ["PRIMARY_PEG", "MARKET_PEG"];
  if (oneOf(values, named("pegPriceType"), allowed, invalidPegPriceType) !== undefined) {
    throw orderRefused("Pegged orders are not supported for this symbol.");
  }
}

/** assumed: the error if both amounts are sent. */
function checkMarketAmount(values: Values, named: Naming): void {
  const [quantity, quote] = [named("quantity"), named("quoteOrderQty")];
  if (!values.has(quantity) && !values.has(quote)) {
    throw missingOneOf(quantity, quote);
  }
  if (values.has(quantity) && values.has(quote)) {
    throw badCombination();
  }
  // An empty amount is malformed.
  required(values, values.has(quantity) ? quantity : quote);
}

function strategyTypeIn(values: Values, name: string): number | undefined {
  const type = wholeNumber(values, name);
  if (type !== undefined && type < lowestStrategyType) {
    throw badStrategyType();
  }
  return type;
}

/** assumed: the error for a mode that the symbol doesn't allow. */
function preventionModeIn(values: Values): SelfTradePreventionMode {
  const mode = oneOf(values, "selfTradePreventionMode", allowedPreventionModes);
  return mode ?? defaultPreventionMode;
}
