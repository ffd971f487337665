import * as z from "zod";
import type { Route, SignedCall } from "../../call.ts";
import { ErrorAnswer, missingOneOf } from "../../errors.ts";
import { isOpen } from "../../futures/types.ts";
import { noSuchOrder } from "../../order-errors.ts";
import { inRange, oneOf, rangeIn, required, type Values, wholeNumber } from "../read.ts";
import { changedJson, orderJson, placedJson, tradeJson } from "./order-json.ts";
import { conditionalParameters, orderParameters, parseOrder } from "./parse-order.ts";
import { amountIn, batchIn, contractIn, listIn, optionalContract, orderNameIn } from "./read.ts";

const names = ["orderId", "origClientOrderId"];
const range = ["startTime", "endTime", "limit"];

/** Documented: at most so many in a batch to place, and in one to cancel. */
const batches = { place: 5, cancel: 10 };

export const futuresOrderRoutes: Route[] = [
  {
    ...trade("POST", "order", [...orderParameters, ...conditionalParameters], (call) =>
      place(call, call.values),
    ),
    placesOrders: true,
  },
  trade("POST", "order/test", [...orderParameters, ...conditionalParameters], test),
  trade("PUT", "order", ["symbol", ...names, "side", "quantity", "price", "priceMatch"], modify),
  trade("DELETE", "order", ["symbol", ...names], cancel),
  trade("DELETE", "allOpenOrders", ["symbol"], cancelAll),
  { ...trade("POST", "batchOrders", ["batchOrders"], placeBatch), placesOrders: true },
  trade("DELETE", "batchOrders", ["symbol", "orderIdList", "origClientOrderIdList"], cancelBatch),
  query("order", 1, ["symbol", ...names], order),
  query("openOrder", 1, ["symbol", ...names], openOrder),
  query("openOrders", (values) => (values.has("symbol") ? 1 : 40), ["symbol"], openOrders),
  query("allOrders", 5, ["symbol", "orderId", ...range], allOrders),
  query("userTrades", 5, ["symbol", "orderId", "fromId", ...range], userTrades),
  query("rateLimit/order", 1, [], ({ exchange }) => exchange.futures.count.shown(exchange.futures.advance())),
  // Nothing is ever liquidated here.
  query("forceOrders", 20, ["symbol", "autoCloseType", ...range], () => []),
];

/** Documented: orders count against their own limits. */
function trade(
  method: "POST" | "PUT" | "DELETE",
  name: string,
  parameters: readonly string[],
  answer: (call: SignedCall) => object,
): Route {
  const weight = method === "DELETE" ? 1 : 0;
  return { method, path: `/fapi/v1/${name}`, weight, security: "TRADE", parameters, answer };
}

function query(
  name: string,
  weight: Route["weight"],
  parameters: readonly string[],
  answer: (call: SignedCall) => object,
): Route {
  return { method: "GET", path: `/fapi/v1/${name}`, weight, security: "USER_DATA", parameters, answer };
}

/** Documented: an acknowledgement, unless the client wants the result. */
function place(call: SignedCall, values: Values): object {
  const request = parseOrder(call, values);
  const responseType = oneOf(values, "newOrderRespType", ["ACK", "RESULT"]) ?? "ACK";
  return placedJson(call.exchange, call.exchange.futures.place(request), responseType);
}

/** Documented: the order is checked and never placed. assumed: the answer is empty, as it is for the spot market. */
function test(call: SignedCall): object {
  call.exchange.futures.test(parseOrder(call, call.values));
  return {};
}

function modify({ exchange, values }: SignedCall): object {
  const { symbol, places } = contractIn(exchange, values);
  ["side", "quantity", "price"].forEach((name) => required(values, name));
  const change = {
    quantity: amountIn(values, "quantity", places.quantity),
    price: amountIn(values, "price", places.price),
  };
  return changedJson(exchange, exchange.futures.modify(symbol, orderNameIn(values), change));
}

function cancel({ exchange, values }: SignedCall): object {
  const { symbol } = contractIn(exchange, values);
  return changedJson(exchange, exchange.futures.cancel(symbol, orderNameIn(values)));
}

function cancelAll({ exchange, values }: SignedCall): object {
  exchange.futures.cancelAll(contractIn(exchange, values).symbol);
  return { code: 200, msg: "The operation of cancel all open order is done." };
}

/** Documented: each order has its own answer or error. */
function placeBatch(call: SignedCall): object {
  return batchIn(call.values, "batchOrders", batches.place).map((values) =>
    answerOrError(() => place(call, values)),
  );
}

function cancelBatch({ exchange, values }: SignedCall): object {
  const { symbol } = contractIn(exchange, values);
  const ids = values.has("orderIdList") ? listIn(values, "orderIdList", z.int(), batches.cancel) : [];
  const clientIds = values.has("origClientOrderIdList")
    ? listIn(values, "origClientOrderIdList", z.string(), batches.cancel)
    : [];
  if (ids.length + clientIds.length === 0) {
    throw missingOneOf("orderIdList", "origClientOrderIdList");
  }
  const wanted = [
    ...ids.map((orderId) => ({ orderId })),
    ...clientIds.map((clientOrderId) => ({ clientOrderId })),
  ];
  return wanted.map((name) =>
    answerOrError(() => changedJson(exchange, exchange.futures.cancel(symbol, name))),
  );
}

function answerOrError(answer: () => object): object {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ErrorAnswer && typeof error.body === "object") {
      return error.body;
    }
    throw error;
  }
}

function order({ exchange, values }: SignedCall): object {
  const { symbol } = contractIn(exchange, values);
  return orderJson(exchange, exchange.futures.order(symbol, orderNameIn(values)));
}

function openOrder({ exchange, values }: SignedCall): object {
  const { symbol } = contractIn(exchange, values);
  const found = exchange.futures.order(symbol, orderNameIn(values));
  if (!isOpen(found)) {
    throw noSuchOrder();
  }
  return orderJson(exchange, found);
}

function openOrders({ exchange, values }: SignedCall): object {
  const symbol = optionalContract(exchange, values)?.symbol;
  return exchange.futures.account.openOrders(symbol).map((one) => orderJson(exchange, one));
}

function allOrders({ exchange, values }: SignedCall): object {
  const orders = exchange.futures.account.orders(contractIn(exchange, values).symbol);
  return inRange(orders, rangeIn(values, "orderId"), ({ time }) => time).map((one) =>
    orderJson(exchange, one),
  );
}

function userTrades({ exchange, values }: SignedCall): object {
  const { symbol } = contractIn(exchange, values);
  const orderId = wholeNumber(values, "orderId");
  const trades = exchange.futures.account
    .trades(symbol)
    .filter((one) => orderId === undefined || one.orderId === orderId);
  return inRange(trades, rangeIn(values, "fromId"), ({ time }) => time).map((one) =>
    tradeJson(exchange, one),
  );
}
