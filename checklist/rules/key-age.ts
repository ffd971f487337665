import type { Restrictions } from "../../binance/replies.ts";
import { type Judgement, proven } from "../finding.ts";

/** A key is renewed after 6 to 12 months; older than this it is overdue, whatever the settings say. */
export const overdueAfterMonths = 12;

const rotate =
  "Create a new key at Binance with the same address, set both values, run `pulumi up`, and delete the old key when the new one works.";

/**
 * The key's age against its renewal.
 *
 * @param now the exchange's time, in ms
 * @param renewAfterMonths when the renewal is due, 1 to 12
 */
export function judgeKeyAge(restrictions: Restrictions, now: number, renewAfterMonths: number): Judgement {
  const created = restrictions.createTime;
  // Binance opened in July 2017: what is said to be older is no time in ms.
  const earliest = Date.UTC(2017, 6, 1);
  if (typeof created !== "number" || !(created >= earliest && created <= now + 60_000)) {
    return {
      verdict: "unknown",
      known: undefined,
      detail: "The reply has no readable createTime.",
      remedy: "Look in API Management when the key was created.",
    };
  }
  const detail = `Created on ${day(created)}`;
  if (now >= monthsAfter(created, overdueAfterMonths)) {
    return {
      verdict: "fail",
      known: proven,
      detail: `${detail}: its renewal is overdue since ${day(monthsAfter(created, overdueAfterMonths))}.`,
      remedy: rotate,
    };
  }
  const due = monthsAfter(created, renewAfterMonths);
  return now >= due
    ? {
        verdict: "pass",
        known: proven,
        detail: `${detail}: its renewal is due since ${day(due)}, and overdue from ${day(monthsAfter(created, overdueAfterMonths))}.`,
        remedy: rotate,
      }
    : { verdict: "pass", known: proven, detail: `${detail}; its renewal is due on ${day(due)}.` };
}

/** The same day so many months later, or the month's last one where there is no such day. */
export function monthsAfter(time: number, months: number): number {
  const date = new Date(time);
  const wanted = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(wanted, last));
  return date.getTime();
}

/** "2026-11-23", in UTC. */
export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
