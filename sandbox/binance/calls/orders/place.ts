import type { Route, SignedCall } from "../../call.ts";
import { isTrue, oneOf, type Values } from "../read.ts";
import { commissionsForOrder } from "./commission-json.ts";
import { placedJson, type ResponseType, responseTypes } from "./order-json.ts";
import { orderParameters, parseOrder } from "./parse-order.ts";
import { checkPermission } from "./permission.ts";

export const placeRoutes: Route[] = [
  {
    method: "POST",
    path: "/api/v3/order",
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    placesOrders: true,
    parameters: orderParameters,
    answer: place,
  },
  {
    method: "POST",
    path: "/api/v3/order/test",
    weight: (values) => (values.get("computeCommissionRates") === "true" ? 20 : 1),
    security: "TRADE",
    parameters: [...orderParameters, "computeCommissionRates"],
    answer: test,
  },
];

function place(call: SignedCall): object {
  const request = parseOrder(call.exchange, call.values);
  const responseType = responseTypeIn(call.values, request.type);
  checkPermission(call, request.symbol, request.side);
  return placedJson(call.exchange.trading.place(request), responseType);
}

/** Documented: the order is checked and never placed. assumed: not against the account's balances. */
function test(call: SignedCall): object {
  const { exchange, values } = call;
  const request = parseOrder(exchange, values);
  responseTypeIn(values, request.type);
  checkPermission(call, request.symbol, request.side);
  exchange.trading.test(request);
  return isTrue("computeCommissionRates", values) ? commissionsForOrder(exchange) : {};
}

/** Documented: market and limit orders are answered in full, and all others by an acknowledgement. */
export function responseTypeIn(values: Values, orderType: string): ResponseType {
  const usual = orderType === "MARKET" || orderType === "LIMIT" ? "FULL" : "ACK";
  return oneOf(values, "newOrderRespType", responseTypes) ?? usual;
}
