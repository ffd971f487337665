import { codedError, type ErrorAnswer } from "../errors.ts";

// Errors that only WebSockets have. The texts are from the documentation's errors.md.

/** assumed: the status, and that it counts for WebSockets. */
export function tooManyConnections(limit: number, interval: string): ErrorAnswer {
  const text = `Too many connection attempts from IP; current limit is ${limit} per '${interval}'.`;
  return codedError(429, -1034, text);
}

/** assumed: a message that isn't JSON, or isn't a request, gets this. */
export function invalidJson(): ErrorAnswer {
  return codedError(400, -1135, "Invalid JSON Request");
}

/** assumed: a subscription without a logon gets this. */
export function unauthorized(): ErrorAnswer {
  return codedError(401, -1002, "You are not authorized to execute this request.");
}

/** assumed: a method that doesn't exist gets this. */
export function unsupportedOperation(): ErrorAnswer {
  return codedError(400, -1020, "This operation is not supported.");
}

export function subscriptionActive(): ErrorAnswer {
  return codedError(400, -2035, "User Data Stream subscription already active.");
}

export function subscriptionInactive(): ErrorAnswer {
  return codedError(400, -2036, "User Data Stream subscription not active.");
}

export function wrongTimeUnit(): ErrorAnswer {
  const text = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.";
  return codedError(400, -1194, text);
}
