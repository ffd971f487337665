import { judgeCanTrade, judgeConnection, judgeSpotTrading } from "./connection-rules.ts";
import { diagnose } from "./diagnosis.ts";
import type { Finding, Judgement } from "./finding.ts";
import { evidence, proven } from "./finding.ts";
import type { CoreObservations } from "./observations.ts";
import { flag, judgePermissions, judgeWithdrawals } from "./restrictions.ts";

/**
 * What decides whether a pair may replace the live one, all of it seen through the server. That the key is
 * refused elsewhere isn't asked: `npm run verify` does.
 */
export function activationFindings(observed: CoreObservations, ipAddress: string): Finding[] {
  const { restrictions } = observed;
  const connection: Finding = {
    id: "connection",
    point: 8,
    title: "The key works from the server",
    ...judgeConnection(observed, ipAddress),
  };
  // Without an answer there is one thing to say, and not six.
  if (!restrictions.ok) return [connection];
  const reply = restrictions.value;
  return [
    connection,
    { id: "withdrawals", point: 1, title: "Withdrawals are off", ...judgeWithdrawals(reply) },
    {
      id: "whitelist",
      point: 2,
      title: "The whitelist is active",
      ...judgeActive(flag(reply, "ipRestrict"), ipAddress),
    },
    {
      id: "permissions",
      point: 7,
      title: "No permission beyond the needed ones",
      ...judgePermissions(reply),
    },
    {
      id: "spot-trading",
      point: undefined,
      title: "The key may trade",
      ...judgeSpotTrading(observed, ipAddress),
    },
    { id: "account", point: undefined, title: "The account may trade", ...judgeCanTrade(observed) },
  ];
}

function judgeActive(ipRestrict: boolean | undefined, ipAddress: string): Judgement {
  switch (ipRestrict) {
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
      return {
        verdict: "unknown",
        known: undefined,
        detail: "The reply says nothing clear about ipRestrict.",
        remedy: diagnose({ kind: "unreadable", what: "" }, { ipAddress, place: "server" }).remedy,
      };
  }
}
