import type { Trouble } from "../../binance/errors.ts";

/** How long to be silent where Binance doesn't say it, in ms. */
const usual = 5 * 60 * 1000;
/** No ban of Binance's is longer than three days; what is further ahead was remembered by a wrong clock. In ms. */
const longest = 14 * 24 * 3600 * 1000;

/**
 * Until when nothing may be asked after this trouble: each request before that makes a ban longer.
 *
 * @param now in ms
 * @returns in ms; undefined where nobody has asked for silence
 */
export function silenceAfter(trouble: Trouble | undefined, now: number): number | undefined {
  if (trouble?.kind !== "refused") {
    return undefined;
  }
  const { status, code, waitSeconds = 0 } = trouble;
  // 403 is the firewall in front, which is met by waiting, too.
  if (status !== 429 && status !== 418 && status !== 403 && code !== -1003) {
    return undefined;
  }
  return now + (waitSeconds > 0 ? waitSeconds * 1000 : usual);
}

/** Whether a remembered silence still holds. */
export function isSilent(until: number | undefined, now: number): boolean {
  return until !== undefined && until > now && until - now <= longest;
}
