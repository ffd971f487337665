import type { Failure } from "../../binance/failure.ts";
import { longestPauseSeconds, pauseAfter } from "../../binance/refusals.ts";

/**
 * Until when nothing may be sent after this failure: each request before that makes a ban longer.
 *
 * @param now in ms
 * @returns in ms; undefined if no pause is needed
 */
export function pauseUntil(failure: Failure | undefined, now: number): number | undefined {
  const seconds = failure === undefined ? undefined : pauseAfter(failure);
  return seconds === undefined ? undefined : now + seconds * 1000;
}

/** A time for people. @param milliseconds since 1970 */
export function timeOf(milliseconds = 0): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** Whether a stored pause still applies. One that is too far ahead was stored by a wrong clock. */
export function isPaused(until: number | undefined, now: number): boolean {
  return until !== undefined && until > now && until - now <= longestPauseSeconds * 1000;
}
