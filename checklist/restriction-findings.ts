import type { Restrictions } from "../binance/replies.ts";
import { evidence, type Finding, type Judgement, proven } from "./finding.ts";
import { flag, judgePermissions, judgeWithdrawals, unsaid } from "./rules/restrictions.ts";

/**
 * What a key's restrictions alone decide. `pulumi up` holds a new pair to it, and the guard the one that is
 * installed: what the one lets in, the other doesn't stop.
 */
export function restrictionFindings(reply: Restrictions, ipAddress: string): Finding[] {
  return [
    { id: "withdrawals", point: 1, title: "Withdrawals are off", ...judgeWithdrawals(reply) },
    { id: "whitelist", point: 2, title: "The whitelist is active", ...judgeActive(reply, ipAddress) },
    {
      id: "permissions",
      point: 7,
      title: "No permission beyond the needed ones",
      ...judgePermissions(reply),
    },
  ];
}

function judgeActive(reply: Restrictions, ipAddress: string): Judgement {
  switch (flag(reply, "ipRestrict")) {
    case true:
      return { verdict: "pass", known: evidence, detail: `ipRestrict is true, and ${ipAddress} is let in.` };
    case false:
      return {
        verdict: "fail",
        known: proven,
        detail: "The key works from every address (ipRestrict is false).",
        remedy: `At Binance, in API Management, edit the key: "Restrict access to trusted IPs only", with ${ipAddress} and no other.`,
      };
    case undefined:
      return unsaid("ipRestrict");
  }
}
