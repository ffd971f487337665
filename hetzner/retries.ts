import type { HetznerError } from "./failure.ts";
import { ErrorReply } from "./http.ts";

/** How often a call has failed so far. */
export interface Failures {
  /** Failed tries, this one included. */
  tries: number;
  /** Since the first try, in ms. */
  elapsed: number;
  now: number;
}

const mostTries = 5;
/** An action of Hetzner's own, such as a backup, locks a server for some minutes. */
const longestLock = 5 * 60_000;
/** A wait that a person accepts without a word. Hetzner grants a request a second, so it is mostly much too long. */
const longestRateLimitWait = 60_000;

/**
 * How long to wait before a call is repeated, in ms; undefined: it isn't repeated.
 *
 * @param isRepeatable performing the call twice does no harm. Otherwise it is repeated only after an answer that
 *   says that it was not performed: an answer that was lost says nothing.
 */
export function waitBeforeRetry(
  error: HetznerError,
  { tries, elapsed, now }: Failures,
  isRepeatable: boolean,
): number | undefined {
  if (error.code === "locked") {
    return elapsed < longestLock ? Math.min(backoff(tries), 15_000) : undefined;
  }
  if (tries >= mostTries) {
    return undefined;
  }
  if (error.code === "rate_limit_exceeded") {
    const untilReset =
      error instanceof ErrorReply && error.rateLimitReset !== undefined
        ? error.rateLimitReset - now
        : Infinity;
    return untilReset <= longestRateLimitWait ? Math.max(untilReset, backoff(tries)) : 2 * backoff(tries);
  }
  const isRefused = error.code === "conflict";
  return isRefused || (isRepeatable && isLost(error)) ? backoff(tries) : undefined;
}

/** 1, 2, 4, 8 … seconds. */
function backoff(tries: number): number {
  return 1000 * 2 ** (tries - 1);
}

/** Nobody knows whether Hetzner has performed the call. */
function isLost({ code, status }: HetznerError): boolean {
  return code === "unreachable" || code === "timeout" || [500, 502, 503, 504].includes(status ?? 0);
}
