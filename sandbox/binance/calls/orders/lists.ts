import type { Route, SignedCall } from "../../call.ts";
import { missingOneOf } from "../../errors.ts";
import { cancelRejected, noSuchOrderList } from "../../order-errors.ts";
import { checkNoTime, clientId, inRange, rangeIn, symbolIn, type Values, wholeNumber } from "../read.ts";
import { canceledList, queriedList } from "./list-json.ts";
import { checkMayCancel } from "./permission.ts";

export const listRoutes: Route[] = [
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

/** Documented: a first id can't be combined with a time. */
function lists({ exchange, values }: SignedCall): object {
  checkNoTime(values, "fromId");
  const range = rangeIn(values, "fromId");
  const wanted = inRange(exchange.trading.lists(), range, ({ transactionTime }) => transactionTime);
  return wanted.map((one) => queriedList(exchange, one));
}

function openLists({ exchange }: SignedCall): object {
  return exchange.trading.openLists().map((one) => queriedList(exchange, one));
}

function listNameIn(values: Values, clientName: string) {
  const name = { id: wholeNumber(values, "orderListId"), clientOrderId: clientId(values, clientName) };
  if (name.id === undefined && name.clientOrderId === undefined) {
    throw missingOneOf(clientName, "orderListId");
  }
  return name;
}
