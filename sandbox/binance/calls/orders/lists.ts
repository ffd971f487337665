import type { Route, SignedCall } from "../../call.ts";
import { missingOneOf, missingParameter } from "../../errors.ts";
import { cancelRejected, noSuchOrderList } from "../../order-errors.ts";
import type { OcoRequest } from "../../trading/oco.ts";
import { clientId, inRange, oneOf, rangeIn, required, symbolIn, type Values, wholeNumber } from "../read.ts";
import { canceledList, placedList, queriedList } from "./list-json.ts";
import { responseTypes } from "./order-json.ts";
import { parseOrder } from "./parse-order.ts";
import { checkMayCancel, checkPermission } from "./permission.ts";

/** What the parameters of one of the two orders are called in a single order. */
const legParameters = {
  Type: "type",
  ClientOrderId: "newClientOrderId",
  IcebergQty: "icebergQty",
  Price: "price",
  StopPrice: "stopPrice",
  TrailingDelta: "trailingDelta",
  TimeInForce: "timeInForce",
  StrategyId: "strategyId",
  StrategyType: "strategyType",
  PegPriceType: "pegPriceType",
  PegOffsetType: "pegOffsetType",
  PegOffsetValue: "pegOffsetValue",
} as const;

const common = ["symbol", "side", "quantity", "newOrderRespType", "selfTradePreventionMode"];

export const listRoutes: Route[] = [
  {
    method: "POST",
    path: "/api/v3/orderList/oco",
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    placesOrders: true,
    parameters: [
      ...common,
      "listClientOrderId",
      ...Object.keys(legParameters).flatMap((name) => [`above${name}`, `below${name}`]),
    ],
    answer: (call) => place(call, newOco(call)),
  },
  {
    method: "POST",
    path: "/api/v3/order/oco",
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    placesOrders: true,
    parameters: [
      ...common,
      ...["listClientOrderId", "limitClientOrderId", "price", "limitStrategyId", "limitStrategyType"],
      ...["limitIcebergQty", "trailingDelta", "stopClientOrderId", "stopPrice", "stopStrategyId"],
      ...["stopStrategyType", "stopLimitPrice", "stopIcebergQty", "stopLimitTimeInForce"],
    ],
    answer: (call) => place(call, oldOco(call)),
  },
  {
    method: "DELETE",
    path: "/api/v3/orderList",
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    parameters: ["symbol", "orderListId", "listClientOrderId", "newClientOrderId"],
    answer: cancel,
  },
  {
    method: "GET",
    path: "/api/v3/orderList",
    weight: 4,
    security: "USER_DATA",
    parameters: ["orderListId", "origClientOrderId"],
    answer: list,
  },
  {
    method: "GET",
    path: "/api/v3/allOrderList",
    weight: 20,
    security: "USER_DATA",
    parameters: ["fromId", "startTime", "endTime", "limit"],
    answer: lists,
  },
  {
    method: "GET",
    path: "/api/v3/openOrderList",
    weight: 6,
    security: "USER_DATA",
    parameters: [],
    answer: openLists,
  },
];

/** assumed: without newOrderRespType, the orders are reported with their results, as the documentation's examples show. */
function place(call: SignedCall, request: OcoRequest): object {
  const { exchange, values } = call;
  const type = oneOf(values, "newOrderRespType", responseTypes) ?? "RESULT";
  checkPermission(call, request.symbol, request.above.side);
  return placedList(exchange, exchange.trading.placeOco(request), type);
}

function newOco({ exchange, values }: SignedCall): OcoRequest {
  const symbol = symbolIn(exchange, values);
  for (const name of ["side", "quantity", "aboveType", "belowType"]) {
    required(values, name);
  }
  const leg = (prefix: "above" | "below") =>
    parseOrder(
      exchange,
      new Map([
        ...commonOf(values),
        ...Object.entries(legParameters).flatMap(([name, single]) =>
          entry(values, `${prefix}${name}`, single),
        ),
      ]),
    );
  return {
    symbol,
    clientOrderId: clientId(values, "listClientOrderId"),
    above: leg("above"),
    below: leg("below"),
  };
}

/** The deprecated call. Its orders are a limit order and a stop loss. */
function oldOco({ exchange, values }: SignedCall): OcoRequest {
  const symbol = symbolIn(exchange, values);
  for (const name of ["side", "quantity", "price", "stopPrice"]) {
    required(values, name);
  }
  if (values.has("stopLimitPrice") && !values.has("stopLimitTimeInForce")) {
    throw missingParameter("stopLimitTimeInForce");
  }
  const limit = new Map([
    ...commonOf(values),
    ["type", "LIMIT_MAKER"] as const,
    ...entry(values, "price"),
    ...entry(values, "limitClientOrderId", "newClientOrderId"),
    ...entry(values, "limitIcebergQty", "icebergQty"),
    ...entry(values, "limitStrategyId", "strategyId"),
    ...entry(values, "limitStrategyType", "strategyType"),
  ]);
  const stop = new Map([
    ...commonOf(values),
    ["type", values.has("stopLimitPrice") ? "STOP_LOSS_LIMIT" : "STOP_LOSS"] as const,
    ...entry(values, "stopPrice"),
    ...entry(values, "trailingDelta"),
    ...entry(values, "stopLimitPrice", "price"),
    ...entry(values, "stopLimitTimeInForce", "timeInForce"),
    ...entry(values, "stopClientOrderId", "newClientOrderId"),
    ...entry(values, "stopIcebergQty", "icebergQty"),
    ...entry(values, "stopStrategyId", "strategyId"),
    ...entry(values, "stopStrategyType", "strategyType"),
  ]);
  const [above, below] = values.get("side") === "BUY" ? [stop, limit] : [limit, stop];
  return {
    symbol,
    clientOrderId: clientId(values, "listClientOrderId"),
    above: parseOrder(exchange, above),
    below: parseOrder(exchange, below),
  };
}

function commonOf(values: Values): [string, string][] {
  return ["symbol", "side", "quantity", "selfTradePreventionMode"].flatMap((name) => entry(values, name));
}

function entry(values: Values, name: string, single = name): [string, string][] {
  const value = values.get(name);
  return value === undefined ? [] : [[single, value]];
}

function cancel(call: SignedCall): object {
  const { exchange, values } = call;
  const symbol = symbolIn(exchange, values);
  const name = listNameIn(values, "listClientOrderId");
  checkMayCancel(call);
  const found = exchange.trading.cancelList(symbol, name, clientId(values, "newClientOrderId"));
  const [canceled] = found.canceled;
  if (!canceled) {
    throw cancelRejected("Unknown order list sent.");
  }
  return canceledList(exchange, found.list, canceled.clientOrderId);
}

function list({ exchange, values }: SignedCall): object {
  const found = exchange.trading.list(listNameIn(values, "origClientOrderId"));
  if (!found) {
    throw noSuchOrderList();
  }
  return queriedList(exchange, found);
}

function lists({ exchange, values }: SignedCall): object {
  const range = rangeIn(values, "fromId");
  const wanted = inRange(exchange.trading.lists(), range, ({ transactionTime }) => transactionTime);
  return wanted.map((one) => queriedList(exchange, one));
}

function openLists({ exchange }: SignedCall): object {
  return exchange.trading
    .lists()
    .filter(({ isDone }) => !isDone)
    .map((one) => queriedList(exchange, one));
}

function listNameIn(values: Values, clientName: string) {
  const name = { id: wholeNumber(values, "orderListId"), clientOrderId: clientId(values, clientName) };
  if (name.id === undefined && name.clientOrderId === undefined) {
    throw missingOneOf(clientName, "orderListId");
  }
  return name;
}
