import {
  badCombination,
  invalidOrderType,
  invalidSide,
  invalidTimeInForce,
  missingOneOf,
  missingParameter,
} from "../../errors.ts";
import { badStrategyType, orderRefused, parameterNotRequired } from "../../order-errors.ts";
import type { Exchange } from "../../state/exchange.ts";
import {
  isContingent,
  type OrderRequest,
  type OrderType,
  orderTypes,
  selfTradePreventionModes,
  timesInForce,
} from "../../trading/order.ts";
import { clientId, decimal, oneOf, optional, required, symbolIn, type Values, wholeNumber } from "../read.ts";

/** The parameters of an order, besides those of the request that places it. */
export const orderParameters = [
  ...["symbol", "side", "type", "timeInForce", "quantity", "quoteOrderQty", "price", "newClientOrderId"],
  ...["strategyId", "strategyType", "stopPrice", "trailingDelta", "icebergQty", "newOrderRespType"],
  ...["selfTradePreventionMode", "pegPriceType", "pegOffsetValue", "pegOffsetType"],
];

interface Fields {
  mandatory: readonly string[];
  optional: readonly string[];
}

const limit = ["timeInForce", "quantity", "price"];
const trigger = ["stopPrice", "trailingDelta"];

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

const fieldsByType = [...limit, "quoteOrderQty", ...trigger, "icebergQty"];

/** Documented: the values below it are reserved. */
const lowestStrategyType = 1_000_000;

/** @throws ErrorAnswer if parameters are missing, not wanted, or don't fit together */
export function parseOrder(exchange: Exchange, values: Values): OrderRequest {
  const symbol = symbolIn(exchange, values);
  required(values, "side");
  const side = oneOf(values, "side", ["BUY", "SELL"], invalidSide());
  required(values, "type");
  const type = oneOf(values, "type", orderTypes, invalidOrderType());
  if (side === undefined || type === undefined) {
    throw missingParameter("type");
  }
  checkFields(type, values);
  return {
    ...{ symbol, side, type },
    timeInForce: oneOf(values, "timeInForce", timesInForce, invalidTimeInForce()) ?? "GTC",
    quantity: decimal(values, "quantity"),
    quoteOrderQuantity: decimal(values, "quoteOrderQty"),
    price: decimal(values, "price"),
    stopPrice: decimal(values, "stopPrice"),
    icebergQuantity: decimal(values, "icebergQty"),
    trailingDelta: wholeNumber(values, "trailingDelta") ?? 0,
    clientOrderId: clientId(values, "newClientOrderId"),
    strategyId: wholeNumber(values, "strategyId"),
    strategyType: strategyTypeIn(values),
    selfTradePreventionMode: oneOf(values, "selfTradePreventionMode", selfTradePreventionModes) ?? "NONE",
  };
}

function checkFields(type: OrderType, values: Values): void {
  const { mandatory, optional: allowed } = fieldsOf[type];
  for (const name of mandatory) {
    required(values, name);
  }
  const unwanted = fieldsByType.find(
    (name) => values.has(name) && !mandatory.includes(name) && !allowed.includes(name),
  );
  if (unwanted !== undefined) {
    throw parameterNotRequired(unwanted);
  }
  if (type === "MARKET") {
    checkMarketAmount(values);
  }
  if (isContingent(type) && !values.has("stopPrice") && !values.has("trailingDelta")) {
    throw missingOneOf("stopPrice", "trailingDelta");
  }
  if (optional(values, "pegPriceType") !== undefined) {
    throw orderRefused("Pegged orders are not supported for this symbol.");
  }
}

/** assumed: the error if both amounts are sent. */
function checkMarketAmount(values: Values): void {
  const [isByQuantity, isByQuote] = [values.has("quantity"), values.has("quoteOrderQty")];
  if (!isByQuantity && !isByQuote) {
    throw missingOneOf("quantity", "quoteOrderQty");
  }
  if (isByQuantity && isByQuote) {
    throw badCombination();
  }
  // An empty amount is malformed.
  required(values, isByQuantity ? "quantity" : "quoteOrderQty");
}

function strategyTypeIn(values: Values): number | undefined {
  const type = wholeNumber(values, "strategyType");
  if (type !== undefined && type < lowestStrategyType) {
    throw badStrategyType();
  }
  return type;
}
