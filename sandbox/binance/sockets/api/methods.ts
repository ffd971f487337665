import type { Route } from "../../call.ts";
import { routes } from "../../routes.ts";
import type { Exchange } from "../../state/exchange.ts";
import { orderLimits } from "../../trading/order-count.ts";

/** The REST call that each method carries out. Documented: both have the same parameters and answers. */
const callOf: Readonly<Record<string, string>> = {
  ping: "GET /api/v3/ping",
  time: "GET /api/v3/time",
  exchangeInfo: "GET /api/v3/exchangeInfo",
  depth: "GET /api/v3/depth",
  "trades.recent": "GET /api/v3/trades",
  "trades.historical": "GET /api/v3/historicalTrades",
  "trades.aggregate": "GET /api/v3/aggTrades",
  klines: "GET /api/v3/klines",
  uiKlines: "GET /api/v3/uiKlines",
  avgPrice: "GET /api/v3/avgPrice",
  "ticker.24hr": "GET /api/v3/ticker/24hr",
  "ticker.tradingDay": "GET /api/v3/ticker/tradingDay",
  ticker: "GET /api/v3/ticker",
  "ticker.price": "GET /api/v3/ticker/price",
  "ticker.book": "GET /api/v3/ticker/bookTicker",
  "order.place": "POST /api/v3/order",
  "order.test": "POST /api/v3/order/test",
  "order.status": "GET /api/v3/order",
  "order.cancel": "DELETE /api/v3/order",
  "order.cancelReplace": "POST /api/v3/order/cancelReplace",
  "order.amend.keepPriority": "PUT /api/v3/order/amend/keepPriority",
  "order.amendments": "GET /api/v3/order/amendments",
  "openOrders.status": "GET /api/v3/openOrders",
  "openOrders.cancelAll": "DELETE /api/v3/openOrders",
  "orderList.place": "POST /api/v3/order/oco",
  "orderList.place.oco": "POST /api/v3/orderList/oco",
  "orderList.place.oto": "POST /api/v3/orderList/oto",
  "orderList.place.otoco": "POST /api/v3/orderList/otoco",
  "orderList.place.opo": "POST /api/v3/orderList/opo",
  "orderList.place.opoco": "POST /api/v3/orderList/opoco",
  "orderList.status": "GET /api/v3/orderList",
  "orderList.cancel": "DELETE /api/v3/orderList",
  "openOrderLists.status": "GET /api/v3/openOrderList",
  allOrders: "GET /api/v3/allOrders",
  allOrderLists: "GET /api/v3/allOrderList",
  myTrades: "GET /api/v3/myTrades",
  "account.status": "GET /api/v3/account",
  "account.commission": "GET /api/v3/account/commission",
  "account.rateLimits.orders": "GET /api/v3/rateLimit/order",
};

const byCall = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));

/** The call of a method, if it is emulated. */
export function routeOf(method: string): Route | undefined {
  return byCall.get(callOf[method] ?? "");
}

/** How many orders were placed, if the method's answer shows that. */
export function ordersPlaced({ trading }: Exchange, method: string): object[] {
  if (!routeOf(method)?.placesOrders) {
    return [];
  }
  const counts = trading.count.at(trading.advance());
  return orderLimits.map(({ interval, intervalNum, limit }, index) => ({
    rateLimitType: "ORDERS",
    interval,
    intervalNum,
    limit,
    count: counts[index] ?? 0,
  }));
}
