// The errors of orders, one function per code. Codes and texts are documented unless a comment says otherwise.
import { codedError, ErrorAnswer } from "./errors.ts";

export function emptyParameter(parameter: string): ErrorAnswer {
  return codedError(400, -1105, `Parameter '${parameter}' was empty.`);
}

/** People also report it for timeInForce, for which -1114 is documented. */
export function parameterNotRequired(parameter: string): ErrorAnswer {
  return codedError(400, -1106, `Parameter '${parameter}' sent when not required.`);
}

export function tooMuchPrecision(parameter: string): ErrorAnswer {
  return codedError(400, -1111, `Parameter '${parameter}' has too much precision.`);
}

/** assumed: which names the text has. */
export function icebergNeedsGtc(parameter: string, timeInForce: string): ErrorAnswer {
  return codedError(400, -1160, `Parameter '${parameter}' is not supported if '${timeInForce}' is not GTC.`);
}

export function invalidPegPriceType(): ErrorAnswer {
  return codedError(400, -1210, "Invalid pegPriceType.");
}

export function badStrategyType(): ErrorAnswer {
  return codedError(400, -1134, "strategyType was less than 1000000.");
}

export function symbolNotPermitted(): ErrorAnswer {
  return orderRejected("This symbol is not permitted for this account.");
}

/** Not documented, but people report it for keys that are limited to certain symbols. */
export function symbolNotWhitelisted(): ErrorAnswer {
  return orderRejected("Symbol not whitelisted for API key.");
}

export function moreThanHours(hours: number): ErrorAnswer {
  return codedError(400, -1127, `More than ${hours} hours between startTime and endTime.`);
}

/** Documented with the order count. The answer says when to try again. */
export function tooManyOrders(limit: number, interval: string, retryAfter: number): ErrorAnswer {
  const text = `Too many new orders; current limit is ${limit} orders per ${interval}.`;
  return codedError(429, -1015, text, { "retry-after": String(retryAfter) });
}

/** An order that the API refuses before the matching engine sees it, with one of the texts of the order failures. */
export function orderRefused(text: string): ErrorAnswer {
  return codedError(400, -1013, text);
}

/** An order that the matching engine refuses. */
export function orderRejected(text: string): ErrorAnswer {
  return codedError(400, -2010, text);
}

export function cancelRejected(text: string): ErrorAnswer {
  return codedError(400, -2011, text);
}

export function noSuchOrder(): ErrorAnswer {
  return codedError(400, -2013, "Order does not exist.");
}

export function amendRejected(text: string): ErrorAnswer {
  return codedError(400, -2038, text);
}

export function invalidCancelRestrictions(): ErrorAnswer {
  return codedError(400, -1145, "Invalid cancelRestrictions");
}

/** What the answer says about the two parts of the call. */
interface CancelReplaceData {
  cancelResult: string;
  newOrderResult: string;
  cancelResponse: object;
  newOrderResponse: object | null;
}

export function cancelReplaceFailed(status: number, data: CancelReplaceData): ErrorAnswer {
  const isPartial = data.cancelResult === "SUCCESS" || data.newOrderResult === "SUCCESS";
  return new ErrorAnswer(status, {
    code: isPartial ? -2021 : -2022,
    msg: `Order cancel-replace ${isPartial ? "partially failed" : "failed"}.`,
    data,
  });
}

/** assumed: the code and the text. */
export function noSuchOrderList(): ErrorAnswer {
  return codedError(400, -2018, "Order list does not exist.");
}
