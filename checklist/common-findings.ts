import type { Restrictions } from "../binance/replies.ts";
import type { Finding } from "./finding.ts";
import type { Judging } from "./key-rules.ts";
import { judgeNews, judgePermissions, mayOnlyWithdraw } from "./rules/permissions.ts";
import { judgeWhitelistActive } from "./rules/whitelist.ts";
import { judgeWithdrawals } from "./rules/withdrawals.ts";

/**
 * What follows from a key's restrictions alone. `pulumi up` checks a new pair by it, and the guard the installed one:
 * a pair that the gate accepts isn't stopped by the guard.
 */
export function commonFindings(reply: Restrictions, ipAddress: string, judging: Judging): Finding[] {
  const findings: Finding[] = [
    { id: "withdrawals", point: 1, title: "Withdrawals are off", ...judgeWithdrawals(reply) },
    {
      id: "whitelist",
      point: 2,
      title: "The whitelist is active",
      ...judgeWhitelistActive(reply, ipAddress),
    },
    {
      id: "permissions",
      point: 7,
      title: "No permission beyond the needed ones",
      ...judgePermissions(reply, judging),
    },
  ];
  // Point 1 says it already.
  return mayOnlyWithdraw(reply, judging) ? findings.filter(({ id }) => id !== "permissions") : findings;
}

/** What is new at Binance since the key was installed. */
export function newsFinding(reply: Restrictions, judging: Judging): Finding {
  return {
    id: "new-permissions",
    point: undefined,
    title: "No permission is unknown",
    ...judgeNews(reply, judging),
  };
}
