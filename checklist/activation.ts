import type { Finding } from "./finding.ts";
import type { CoreObservations } from "./observations.ts";
import { restrictionFindings } from "./restriction-findings.ts";
import { judgeCanTrade, judgeConnection, judgeSpotTrading } from "./rules/connection-rules.ts";

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
  if (!restrictions.ok) {
    return [connection];
  }
  return [
    connection,
    ...restrictionFindings(restrictions.value, ipAddress),
    {
      id: "spot-trading",
      point: undefined,
      title: "The key may trade",
      ...judgeSpotTrading(observed, ipAddress),
    },
    { id: "account", point: undefined, title: "The account may trade", ...judgeCanTrade(observed) },
  ];
}
