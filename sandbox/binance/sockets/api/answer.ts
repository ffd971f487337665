import * as z from "zod";
import type { ErrorAnswer } from "../../errors.ts";

const coded = z.looseObject({ code: z.number(), msg: z.string() });

/** An error as the WebSocket API shows it. */
export function errorIn({ body, headers, message }: ErrorAnswer, now: number): object {
  const parsed = coded.safeParse(body);
  // assumed: what is a page over HTTP has the code of an unknown error here.
  const error = parsed.success ? parsed.data : { code: -1000, msg: message };
  const retryAfter = headers["retry-after"];
  // Documented: the time at which the client may try again, not the seconds until then.
  return retryAfter === undefined
    ? error
    : { ...error, data: { serverTime: now, retryAfter: now + Number(retryAfter) * 1000 } };
}

/** How much weight the client's address has used in a minute. */
export function weightUsed(limit: number, count: number): object {
  return { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit, count };
}

/** Documented: how many connections an address may open. */
const connectionLimit = { rateLimitType: "CONNECTIONS", interval: "MINUTE", intervalNum: 5, limit: 300 };

const withLimits = z.looseObject({ rateLimits: z.array(z.looseObject({ rateLimitType: z.string() })) });

/** Documented: the one difference between the answers of both APIs is that this one limits connections. */
export function exchangeInfoIn(answer: object): object {
  const { rateLimits, ...rest } = withLimits.parse(answer);
  const shared = rateLimits.filter(({ rateLimitType }) => rateLimitType !== "RAW_REQUESTS");
  return { ...rest, rateLimits: [...shared, connectionLimit] };
}
