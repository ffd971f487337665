import type { Route } from "../../call.ts";
import { routes } from "../../routes.ts";
import type { Exchange } from "../../state/exchange.ts";
import type { Product } from "../endpoint.ts";

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
  myAllocations: "GET /api/v3/myAllocations",
  myPreventedMatches: "GET /api/v3/myPreventedMatches",
  myFilters: "GET /api/v3/myFilters",
  myTrades: "GET /api/v3/myTrades",
  "account.status": "GET /api/v3/account",
  "account.commission": "GET /api/v3/account/commission",
  "account.rateLimits.orders": "GET /api/v3/rateLimit/order",
};

/** The same for the WebSocket API of futures. */
const futuresCallOf: Readonly<Record<string, string>> = {
  depth: "GET /fapi/v1/depth",
  "ticker.price": "GET /fapi/v1/ticker/price",
  "ticker.book": "GET /fapi/v1/ticker/bookTicker",
  "order.place": "POST /fapi/v1/order",
  "order.modify": "PUT /fapi/v1/order",
  "order.cancel": "DELETE /fapi/v1/order",
  "order.status": "GET /fapi/v1/order",
  "algoOrder.place": "POST /fapi/v1/algoOrder",
  "algoOrder.cancel": "DELETE /fapi/v1/algoOrder",
  "account.position": "GET /fapi/v2/positionRisk",
  "v2/account.position": "GET /fapi/v3/positionRisk",
  "account.balance": "GET /fapi/v2/balance",
  "v2/account.balance": "GET /fapi/v3/balance",
  "account.status": "GET /fapi/v2/account",
  "v2/account.status": "GET /fapi/v3/account",
  "userDataStream.start": "POST /fapi/v1/listenKey",
  "userDataStream.ping": "PUT /fapi/v1/listenKey",
  "userDataStream.stop": "DELETE /fapi/v1/listenKey",
};

const byCall = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));

/** The call of a method, if it is emulated. */
export function routeOf(method: string, product: Product = "spot"): Route | undefined {
  return byCall.get((product === "spot" ? callOf : futuresCallOf)[method] ?? "");
}

/** How many orders were placed, if the method's answer shows that. */
export function ordersPlaced(exchange: Exchange, method: string, product: Product): object[] {
  if (!routeOf(method, product)?.placesOrders) {
    return [];
  }
  const engine = product === "futures" ? exchange.futures : exchange.trading;
  return engine.count.shown(engine.advance());
}
