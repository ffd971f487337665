import type { Route, SignedCall } from "../../call.ts";
import { noSuchOrder } from "../../order-errors.ts";
import {
  checkNoTime,
  inRange,
  optional,
  orderNameIn,
  rangeIn,
  symbolIn,
  type Values,
  wholeNumber,
} from "../read.ts";
import { orderJson, tradeJson } from "./order-json.ts";

const range = ["startTime", "endTime", "limit"];

export const queryRoutes: Route[] = [
  query("/api/v3/order", 4, ["symbol", "orderId", "origClientOrderId"], order),
  query("/api/v3/openOrders", (values) => (values.has("symbol") ? 6 : 80), ["symbol"], openOrders),
  query("/api/v3/allOrders", 20, ["symbol", "orderId", ...range], allOrders),
  query(
    "/api/v3/myTrades",
    (values) => (values.has("orderId") ? 5 : 20),
    ["symbol", "orderId", "fromId", ...range],
    myTrades,
  ),
  query("/api/v3/rateLimit/order", 40, [], orderCount),
  query("/api/v3/myFilters", 40, ["symbol"], filtersOfAccount),
  // An account never trades with itself here, and SOR isn't emulated.
  query(
    "/api/v3/myPreventedMatches",
    (values) => (values.has("orderId") ? 20 : 2),
    ["symbol", "preventedMatchId", "orderId", "fromPreventedMatchId", "limit"],
    nothing,
  ),
  query("/api/v3/myAllocations", 20, ["symbol", "fromAllocationId", "orderId", ...range], nothing),
];

function query(
  path: string,
  weight: Route["weight"],
  parameters: readonly string[],
  answer: (call: SignedCall) => object,
): Route {
  return { method: "GET", path, weight, security: "USER_DATA", parameters, answer };
}

function order({ exchange, values }: SignedCall): object {
  const found = exchange.trading.order(symbolIn(exchange, values), orderNameIn(values));
  if (!found) {
    throw noSuchOrder();
  }
  return orderJson(found);
}

function openOrders({ exchange, values }: SignedCall): object {
  const symbol = optional(values, "symbol") === undefined ? undefined : symbolIn(exchange, values);
  return exchange.trading.openOrders(symbol).map(orderJson);
}

function allOrders({ exchange, values }: SignedCall): object {
  const orders = exchange.trading.allOrders(symbolIn(exchange, values));
  return inRange(orders, rangeIn(values, "orderId"), ({ time }) => time).map(orderJson);
}

/** Documented: the combinations that are supported. An order id or a first id can't be combined with a time. */
function myTrades({ exchange, values }: SignedCall): object {
  const trades = exchange.trading.myTrades(symbolIn(exchange, values));
  checkNoTime(values, "orderId", "fromId");
  const orderId = wholeNumber(values, "orderId");
  const wanted = trades.filter((trade) => orderId === undefined || trade.orderId === orderId);
  return inRange(wanted, rangeIn(values, "fromId"), ({ time }) => time).map(tradeJson);
}

function orderCount({ exchange }: SignedCall): object {
  return exchange.trading.count.shown(exchange.trading.advance());
}

/** No filter is for this account alone. assumed: those that everybody has are not repeated. */
function filtersOfAccount({ exchange, values }: SignedCall): object {
  symbolIn(exchange, values);
  return { exchangeFilters: [], symbolFilters: [], assetFilters: [] };
}

function nothing({ exchange, values }: { exchange: SignedCall["exchange"]; values: Values }): object {
  symbolIn(exchange, values);
  return [];
}
