import type { Route, SignedCall } from "../../call.ts";
import { invalidOrderType, missingParameter } from "../../errors.ts";
import type { OcoRequest } from "../../trading/oco.ts";
import type { OrderRequest } from "../../trading/order.ts";
import { type OtoRequest, pendingIn } from "../../trading/oto.ts";
import { clientId, oneOf, required, symbolIn } from "../read.ts";
import { placedList } from "./list-json.ts";
import { listParameters, namings } from "./list-parameters.ts";
import { type ResponseType, responseTypes } from "./order-json.ts";
import { parseOrder } from "./parse-order.ts";
import { checkPermission } from "./permission.ts";

export const placeListRoutes: Route[] = [
  placing("orderList/oco", listParameters.oco, (call) => placeOco(call, newOco(call))),
  placing("order/oco", listParameters.oldOco, (call) => placeOco(call, oldOco(call))),
  placing("orderList/oto", listParameters.oto, (call) => placeOto(call, withOne(call, false))),
  placing("orderList/otoco", listParameters.otoco, (call) => placeOto(call, withPair(call, false))),
  placing("orderList/opo", listParameters.opo, (call) => placeOto(call, withOne(call, true))),
  placing("orderList/opoco", listParameters.opoco, (call) => placeOto(call, withPair(call, true))),
];

function placing(path: string, parameters: readonly string[], answer: (call: SignedCall) => object): Route {
  return {
    method: "POST",
    path: `/api/v3/${path}`,
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    placesOrders: true,
    parameters,
    answer,
  };
}

function placeOco(call: SignedCall, request: OcoRequest): object {
  const { trading } = call.exchange;
  const type = responseTypeIn(call);
  checkPermission(call, request.symbol, request.above.side);
  const list = trading.placeOco(request);
  return placedList({ list, orders: trading.ordersOf(list) }, type);
}

function placeOto(call: SignedCall, request: OtoRequest): object {
  const type = responseTypeIn(call);
  for (const { symbol, side } of [request.working, ...pendingIn(request)]) {
    checkPermission(call, symbol, side);
  }
  return placedList(call.exchange.trading.placeOto(request), type);
}

/** assumed: without newOrderRespType, the orders are reported with their results, as the documentation's examples show. */
function responseTypeIn({ values }: SignedCall): ResponseType {
  return oneOf(values, "newOrderRespType", responseTypes) ?? "RESULT";
}

function newOco(call: SignedCall): OcoRequest {
  const { exchange, values } = call;
  const list = listIn(call);
  for (const name of ["side", "quantity", "aboveType", "belowType"]) {
    required(values, name);
  }
  return {
    ...list,
    above: parseOrder(exchange, values, { nameOf: namings.above }),
    below: parseOrder(exchange, values, { nameOf: namings.below }),
  };
}

/** The deprecated call. Its orders are a limit order and a stop loss. */
function oldOco(call: SignedCall): OcoRequest {
  const { exchange, values } = call;
  const list = listIn(call);
  for (const name of ["side", "quantity", "price", "stopPrice"]) {
    required(values, name);
  }
  if (values.has("stopLimitPrice") && !values.has("stopLimitTimeInForce")) {
    throw missingParameter("stopLimitTimeInForce");
  }
  const stopType = values.has("stopLimitPrice") ? "STOP_LOSS_LIMIT" : "STOP_LOSS";
  const typed = new Map([...values, ["limitType", "LIMIT_MAKER"], ["stopType", stopType]]);
  const limit = parseOrder(exchange, typed, { nameOf: namings.limit });
  const stop = parseOrder(exchange, typed, { nameOf: namings.stop });
  return {
    ...list,
    ...(limit.side === "BUY" ? { above: stop, below: limit } : { above: limit, below: stop }),
  };
}

/** An OTO; if the working order pays the pending one, an OPO. */
function withOne(call: SignedCall, isPaying: boolean): OtoRequest {
  const { exchange, values } = call;
  return {
    ...listIn(call),
    isPaying,
    working: workingOrder(call),
    pending: parseOrder(exchange, values, { nameOf: namings.pending, isPaidFor: isPaying }),
  };
}

/** An OTOCO; if the working order pays the pending ones, an OPOCO. */
function withPair(call: SignedCall, isPaying: boolean): OtoRequest {
  const { exchange, values } = call;
  const parsed = { ...listIn(call), isPaying, working: workingOrder(call) };
  return {
    ...parsed,
    pending: {
      above: parseOrder(exchange, values, { nameOf: namings.pendingAbove, isPaidFor: isPaying }),
      below: parseOrder(exchange, values, { nameOf: namings.pendingBelow, isPaidFor: isPaying }),
    },
  };
}

function listIn({ exchange, values }: SignedCall) {
  return { symbol: symbolIn(exchange, values), clientOrderId: clientId(values, "listClientOrderId") };
}

/** Documented: the types that can be placed first. assumed: the error for others. */
function workingOrder({ exchange, values }: SignedCall): OrderRequest {
  oneOf(values, "workingType", ["LIMIT", "LIMIT_MAKER"], invalidOrderType);
  return parseOrder(exchange, values, { nameOf: namings.working });
}
