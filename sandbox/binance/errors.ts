// Binance's errors, one function per code. Codes and texts are from the documentation's errors.md (May 2026) unless a
// comment says otherwise. Statuses are those that people report, because the documentation names only a few.

/** An error answer. */
export class ErrorAnswer extends Error {
  readonly status: number;
  /** JSON, or the text of a page. */
  readonly body: object | string;
  readonly headers: Record<string, string>;

  constructor(status: number, body: object | string, headers: Record<string, string> = {}) {
    super(typeof body === "string" ? body : JSON.stringify(body));
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

/** The documented shape of every error. */
export function codedError(
  status: number,
  code: number,
  msg: string,
  headers: Record<string, string> = {},
): ErrorAnswer {
  return new ErrorAnswer(status, { code, msg }, headers);
}

export function unknownError(): ErrorAnswer {
  return codedError(500, -1000, "An unknown error occurred while processing the request.");
}

/** `Retry-After` is documented for 429 and 418. */
export function tooMuchWeight(limit: number, retryAfter: number): ErrorAnswer {
  const used = `Too much request weight used; current limit is ${limit} request weight per 1 MINUTE.`;
  const advice = "Please use WebSocket Streams for live updates to avoid polling the API.";
  return codedError(429, -1003, `${used} ${advice}`, { "retry-after": String(retryAfter) });
}

/** assumed: the end of the ban is in milliseconds, as people report who were banned. */
export function banned(until: Date, retryAfter: number): ErrorAnswer {
  const used = `Way too much request weight used; IP banned until ${until.getTime()}.`;
  const advice = "Please use WebSocket Streams for live updates to avoid bans.";
  return codedError(418, -1003, `${used} ${advice}`, { "retry-after": String(retryAfter) });
}

export function outsideOfRecvWindow(): ErrorAnswer {
  return codedError(400, -1021, "Timestamp for this request is outside of the recvWindow.");
}

export function aheadOfServer(): ErrorAnswer {
  return codedError(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.");
}

export function invalidSignature(): ErrorAnswer {
  return codedError(400, -1022, "Signature for this request is not valid.");
}

/** The legal ranges are from the documentation's examples and from people's reports. */
export function illegalCharacters(parameter: string, range: string): ErrorAnswer {
  const where = `Illegal characters found in parameter '${parameter}'; legal range is '${range}'.`;
  return codedError(400, -1100, where);
}

export function duplicateParameter(): ErrorAnswer {
  return codedError(400, -1101, "Duplicate values for a parameter detected.");
}

export function tooManyParameters(sent: number): ErrorAnswer {
  return codedError(400, -1101, `Too many parameters; expected '0' and received '${sent}'.`);
}

export function missingParameter(parameter: string): ErrorAnswer {
  const text = `Mandatory parameter '${parameter}' was not sent, was empty/null, or malformed.`;
  return codedError(400, -1102, text);
}

export function missingOneOf(parameter: string, other: string): ErrorAnswer {
  return codedError(400, -1102, `Param '${parameter}' or '${other}' must be sent, but both were empty/null!`);
}

export function greaterThan(parameter: string, maximum: number): ErrorAnswer {
  const text = `'${parameter}' contains unexpected value. Cannot be greater than ${maximum}.`;
  return codedError(400, -1102, text);
}

export function unreadParameters(read: number, sent: number): ErrorAnswer {
  const text = `Not all sent parameters were read; read '${read}' parameter(s) but was sent '${sent}'.`;
  return codedError(400, -1104, text);
}

export function invalidTimeInForce(): ErrorAnswer {
  return codedError(400, -1115, "Invalid timeInForce.");
}

export function invalidOrderType(): ErrorAnswer {
  return codedError(400, -1116, "Invalid orderType.");
}

export function invalidSide(): ErrorAnswer {
  return codedError(400, -1117, "Invalid side.");
}

export function invalidInterval(): ErrorAnswer {
  return codedError(400, -1120, "Invalid interval.");
}

export function invalidSymbol(): ErrorAnswer {
  return codedError(400, -1121, "Invalid symbol.");
}

export function invalidSymbolStatus(): ErrorAnswer {
  return codedError(400, -1122, "Invalid symbolStatus.");
}

export function badCombination(): ErrorAnswer {
  return codedError(400, -1128, "Combination of optional parameters invalid.");
}

/** assumed: the code for a value that isn't one of an enum, if there is no other code for it. */
export function invalidData(parameter: string): ErrorAnswer {
  return codedError(400, -1130, `Data sent for parameter '${parameter}' is not valid.`);
}

export function invalidTickerType(): ErrorAnswer {
  return codedError(400, -1139, "Invalid ticker type.");
}

export function duplicateSymbols(): ErrorAnswer {
  return codedError(400, -1151, "Symbol is present multiple times in the list.");
}

export function statusMismatch(): ErrorAnswer {
  return codedError(400, -1220, "The symbol's status does not match the requested symbolStatus.");
}

export function noReferencePrice(): ErrorAnswer {
  return codedError(400, -2043, "This symbol doesn't have a reference price.");
}

/** Documented: an order that the API itself refuses gets one of the texts of the order failures. */
export function marketClosed(): ErrorAnswer {
  return codedError(400, -1013, "Market is closed.");
}

export function filterFailure(filter: string): ErrorAnswer {
  return codedError(400, -1013, `Filter failure: ${filter}`);
}

/** assumed: orders get this text while API trading is locked. No text is documented for it. */
export function actionDisabled(): ErrorAnswer {
  return codedError(400, -2010, "This action is disabled on this account.");
}

export function accountMayNotTrade(): ErrorAnswer {
  return codedError(400, -2010, "This account may not place or cancel orders.");
}

/** Not documented, but many people report it for /sapi. */
export function invalidKeyId(): ErrorAnswer {
  return codedError(400, -2008, "Invalid Api-Key ID.");
}

export function keyFormatInvalid(): ErrorAnswer {
  return codedError(401, -2014, "API-key format invalid.");
}

/** assumed: always with the address, which only some of the real hosts append. */
export function rejectedKey(source: string): ErrorAnswer {
  const text = `Invalid API-key, IP, or permissions for action, request ip: ${source}`;
  return codedError(401, -2015, text);
}

/** Documented: the answer when a WebSocket session's key has become invalid. The session is logged out then. */
export class SessionRevoked extends ErrorAnswer {
  constructor() {
    super(401, { code: -2015, msg: "Invalid API-key, IP, or permissions for action." });
  }
}

/** The text is the one that people report. */
export function restrictedLocation(): ErrorAnswer {
  const reason =
    "Service unavailable from a restricted location according to 'b. Eligibility' in https://www.binance.com/en/terms.";
  const advice = "Please contact customer service if you believe you received this message in error.";
  return codedError(451, 0, `${reason} ${advice}`);
}

/** Documented as 403. assumed: a page, as such firewalls usually send. */
export function blockedByFirewall(): ErrorAnswer {
  return page(403, "Forbidden");
}

/** Reported: the answer of calls that were removed, such as those of listen keys. */
export function gone(): ErrorAnswer {
  return page(410, "Gone");
}

/** Documented: while Binance is under maintenance. assumed: a page, as its proxies send it. */
export function underMaintenance(): ErrorAnswer {
  return page(503, "Service Temporarily Unavailable");
}

/** assumed: /sapi answers with Spring's JSON, as people report, and everything else with a page. */
export function unknownCall(path: string, now: Date): ErrorAnswer {
  if (path.startsWith("/sapi/")) {
    const texts = { error: "Not Found", message: "No message available" };
    return new ErrorAnswer(404, { timestamp: now.getTime(), status: 404, ...texts, path });
  }
  return page(404, "Not Found");
}

function page(status: number, text: string): ErrorAnswer {
  const title = `${status} ${text}`;
  return new ErrorAnswer(status, `<html><head><title>${title}</title></head><body>${title}</body></html>`);
}
