import * as z from "zod";
import type { Failure } from "../../binance/failure.ts";
import { asksForPause, concernsKey, meaningOf } from "../../binance/refusals.ts";
import { type Finding, overall } from "../../checklist/finding.ts";

/** What the owner is alerted about. */
export const situation = z.object({
  /** "refused": Binance refuses the key itself. "quota": it wants no requests from this server for a time. */
  kind: z.enum(["pass", "fail", "refused", "quota"]),
  /** What was seen. Another excess permission is a new situation, the same one isn't. */
  details: z.array(z.string()),
});

export type Situation = z.output<typeof situation>;

/**
 * The situation after a check.
 *
 * @param failure why the guard doesn't know what the key may do
 * @returns undefined if nothing is known: nothing is sent, and what was reported before still applies
 */
export function situationOf(findings: Finding[], failure: Failure | undefined): Situation | undefined {
  const verdict = overall(findings.map((finding) => finding.verdict));
  if (verdict === "pass") {
    return { kind: "pass", details: [] };
  }
  if (verdict === "fail") {
    return { kind: "fail", details: failing(findings).map(({ id, detail }) => `${id}: ${detail}`) };
  }
  if (failure?.kind === "refused" && concernsKey(failure)) {
    return { kind: "refused", details: [String(failure.code)] };
  }
  if (failure?.kind === "refused" && asksForPause(failure)) {
    const { kind } = meaningOf(failure);
    return { kind: "quota", details: kind === "firewall" ? [kind] : [] };
  }
  return undefined;
}

export function failing(findings: Finding[]): Finding[] {
  return findings.filter(({ verdict }) => verdict === "fail");
}
