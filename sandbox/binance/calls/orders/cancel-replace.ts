import type { Route, SignedCall } from "../../call.ts";
import { ErrorAnswer } from "../../errors.ts";
import { cancelReplaceFailed } from "../../order-errors.ts";
import type { TradingEngine } from "../../trading/engine.ts";
import { clientId, oneOf, orderNameIn, required } from "../read.ts";
import { restrictionsIn } from "./cancel.ts";
import { canceledJson, placedJson } from "./order-json.ts";
import { orderParameters, parseOrder } from "./parse-order.ts";
import { checkPermission } from "./permission.ts";
import { responseTypeIn } from "./place.ts";

export const cancelReplaceRoutes: Route[] = [
  {
    method: "POST",
    path: "/api/v3/order/cancelReplace",
    weight: 1,
    security: "TRADE",
    isFreeOnSuccess: true,
    placesOrders: true,
    parameters: [
      ...orderParameters,
      ...["cancelReplaceMode", "cancelNewClientOrderId", "cancelOrigClientOrderId", "cancelOrderId"],
      ...["cancelRestrictions", "orderRateLimitExceededMode"],
    ],
    answer: cancelReplace,
  },
];

/** One of the two parts of the call. */
type Part = { result: "SUCCESS"; response: object } | { result: "FAILURE"; response: object; status: number };

/** Documented: filters and order count are checked before anything is canceled. */
function cancelReplace(call: SignedCall): object {
  const { exchange, values } = call;
  const { trading } = exchange;
  const request = parseOrder(exchange, values);
  const name = orderNameIn(values, "cancelOrderId", "cancelOrigClientOrderId");
  required(values, "cancelReplaceMode");
  const mode = oneOf(values, "cancelReplaceMode", ["STOP_ON_FAILURE", "ALLOW_FAILURE"]);
  const exceededMode = oneOf(values, "orderRateLimitExceededMode", ["DO_NOTHING", "CANCEL_ONLY"]);
  const responseType = responseTypeIn(values, request.type);
  const cancelOptions = {
    clientOrderId: clientId(values, "cancelNewClientOrderId"),
    restrictions: restrictionsIn(values),
  };
  checkPermission(call, request.symbol, request.side);
  trading.test(request);
  if (exceededMode !== "CANCEL_ONLY") {
    trading.checkOrderCount();
  }

  const cancel = attempt(() => canceledJson(trading.cancel(request.symbol, name, cancelOptions)));
  if (cancel.result === "FAILURE" && mode === "STOP_ON_FAILURE") {
    return stopped(trading, cancel);
  }
  const placement = attempt(() => placedJson(trading.place(request), responseType));
  return answerOf(cancel, placement);
}

function attempt(action: () => object): Part {
  try {
    return { result: "SUCCESS", response: action() };
  } catch (error) {
    if (error instanceof ErrorAnswer && typeof error.body === "object") {
      return { result: "FAILURE", response: error.body, status: error.status };
    }
    throw error;
  }
}

/** Documented: an order that wasn't attempted counts like one that was placed. */
function stopped(trading: TradingEngine, cancel: Part): never {
  trading.countUnattempted();
  throw cancelReplaceFailed(400, {
    cancelResult: cancel.result,
    newOrderResult: "NOT_ATTEMPTED",
    cancelResponse: cancel.response,
    newOrderResponse: null,
  });
}

/** Documented: the statuses, in the table of the call. */
function answerOf(cancel: Part, placement: Part): object {
  const data = {
    cancelResult: cancel.result,
    newOrderResult: placement.result,
    cancelResponse: cancel.response,
    newOrderResponse: placement.response,
  };
  if (cancel.result === "SUCCESS" && placement.result === "SUCCESS") {
    return data;
  }
  const isPartial = cancel.result !== placement.result;
  const isTooMany = placement.result === "FAILURE" && placement.status === 429;
  const status = isTooMany ? 429 : isPartial ? 409 : 400;
  throw cancelReplaceFailed(status, data);
}
