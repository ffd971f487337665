import * as z from "zod";
import type { Failure } from "../../binance/failure.ts";
import { asksForPause, concernsKey, meaningOf } from "../../binance/refusals.ts";
import { type Finding, overall } from "../../checklist/finding.ts";
import type { GuardFindings } from "../../checklist/guard.ts";

/** What the owner is alerted about. */
export const situation = z.object({
  /** "refused": Binance refuses the key itself, or the country. "quota": it wants no requests from this server for a time. */
  kind: z.enum(["pass", "fail", "refused", "quota"]),
  /** What was seen. Another excess permission is a new situation, the same one isn't. */
  details: z.array(z.string()),
  /** What the owner must know besides, and what stops no bot. */
  notices: z.array(z.object({ id: z.string(), detail: z.string() })).default([]),
});

export type Situation = z.output<typeof situation>;

/**
 * The situation after a check.
 *
 * @param failure why the guard doesn't know what the key may do
 * @param reported the situation that was reported last: if the notices aren't known now, those still apply
 * @returns undefined if nothing is known: nothing is sent, and what was reported before still applies
 */
export function situationOf(
  { key, notices, unseen }: GuardFindings,
  failure: Failure | undefined,
  reported?: Situation,
): Situation | undefined {
  const verdict = overall(key.map((finding) => finding.verdict));
  const lastNotices = reported?.notices ?? [];
  if (verdict === "pass") {
    const seen = notices.map(({ id, detail }) => ({ id, detail }));
    return {
      kind: "pass",
      details: [],
      notices: [...seen, ...lastNotices.filter(({ id }) => unseen.includes(id))],
    };
  }
  if (verdict === "fail") {
    const details = failing(key).map(({ id, detail }) => `${id}: ${detail}`);
    return { kind: "fail", details, notices: lastNotices };
  }
  if (failure?.kind === "refused" && meaningOf(failure).kind === "country") {
    return { kind: "refused", details: ["country"], notices: lastNotices };
  }
  if (failure?.kind === "refused" && concernsKey(failure)) {
    return { kind: "refused", details: [String(failure.code)], notices: lastNotices };
  }
  if (failure?.kind === "refused" && asksForPause(failure)) {
    const { kind } = meaningOf(failure);
    return { kind: "quota", details: kind === "firewall" ? [kind] : [], notices: lastNotices };
  }
  return undefined;
}

export function failing(findings: Finding[]): Finding[] {
  return findings.filter(({ verdict }) => verdict === "fail");
}
