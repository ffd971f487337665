import type { Restrictions } from "../../binance/replies.ts";
import { type Judgement, proven } from "../finding.ts";
import { dateOf, monthsAfter } from "./calendar.ts";

/** A key's renewal is overdue after this, no matter what the settings say. */
const overdueAfterMonths = 12;

const rotate =
  "Create a new key at Binance with the same address, set both values, run `pulumi up`, and delete the old key when the new one works.";

/**
 * Judges the key's age by when its renewal is due.
 *
 * @param now the exchange's time, in ms
 * @param renewAfterMonths when the renewal is due, 1 to 12
 */
export function judgeKeyAge(restrictions: Restrictions, now: number, renewAfterMonths: number): Judgement {
  const created = restrictions.createTime;
  // Binance opened in July 2017: anything earlier isn't a time in ms.
  const earliest = Date.UTC(2017, 6, 1);
  if (typeof created !== "number" || !(created >= earliest && created <= now + 60_000)) {
    return {
      verdict: "unknown",
      known: undefined,
      detail: "The reply has no readable createTime.",
      remedy: "See in API Management when the key was created.",
    };
  }
  const detail = `Created on ${dateOf(created)}`;
  if (now >= monthsAfter(created, overdueAfterMonths)) {
    return {
      verdict: "fail",
      known: proven,
      detail: `${detail}: its renewal has been overdue since ${dateOf(monthsAfter(created, overdueAfterMonths))}.`,
      remedy: rotate,
    };
  }
  const due = monthsAfter(created, renewAfterMonths);
  return now >= due
    ? {
        verdict: "pass",
        known: proven,
        detail: `${detail}: its renewal has been due since ${dateOf(due)}, and will be overdue from ${dateOf(monthsAfter(created, overdueAfterMonths))}.`,
        remedy: rotate,
      }
    : { verdict: "pass", known: proven, detail: `${detail}; its renewal is due on ${dateOf(due)}.` };
}
