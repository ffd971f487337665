import type { Route, SignedCall } from "../../call.ts";
import { cancelRejected, invalidCancelRestrictions } from "../../order-errors.ts";
import type { CancelRestrictions } from "../../trading/cancelling.ts";
import { clientId, oneOf, orderNameIn, symbolIn, type Values } from "../read.ts";
import { canceledList } from "./list-json.ts";
import { canceledJson } from "./order-json.ts";
import { checkMayCancel } from "./permission.ts";

export const cancelRoutes: Route[] = [
  {
    method: "DELETE",
    path: "/api/v3/order",
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    parameters: ["symbol", "orderId", "origClientOrderId", "newClientOrderId", "cancelRestrictions"],
    answer: cancel,
  },
  {
    method: "DELETE",
    path: "/api/v3/openOrders",
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    parameters: ["symbol"],
    answer: cancelAll,
  },
];

function cancel(call: SignedCall): object {
  const { exchange, values } = call;
  const symbol = symbolIn(exchange, values);
  const name = orderNameIn(values);
  const restrictions = restrictionsIn(values);
  const clientOrderId = clientId(values, "newClientOrderId");
  checkMayCancel(call);
  const canceled = exchange.trading.cancel(symbol, name, { clientOrderId, restrictions });
  const list = exchange.trading.list({ id: canceled.order.listId });
  return list ? canceledList(exchange, list, canceled.clientOrderId) : canceledJson(canceled);
}

/** Documented: single orders first, and then lists with their orders. */
function cancelAll(call: SignedCall): object {
  const { exchange, values } = call;
  const symbol = symbolIn(exchange, values);
  checkMayCancel(call);
  const canceled = exchange.trading.cancelAll(symbol);
  if (canceled.length === 0) {
    // People report it for a symbol without open orders.
    throw cancelRejected("Unknown order sent.");
  }
  const single = canceled.filter(({ order }) => order.listId === -1);
  const lists = new Map(
    canceled.flatMap(({ order, clientOrderId }) => {
      const list = exchange.trading.list({ id: order.listId });
      return list ? [[list, clientOrderId] as const] : [];
    }),
  );
  return [
    ...single.map(canceledJson),
    ...[...lists].map(([list, clientOrderId]) => canceledList(exchange, list, clientOrderId)),
  ];
}

export function restrictionsIn(values: Values): CancelRestrictions | undefined {
  const allowed = ["ONLY_NEW", "ONLY_PARTIALLY_FILLED"] as const;
  return oneOf(values, "cancelRestrictions", allowed, invalidCancelRestrictions);
}
