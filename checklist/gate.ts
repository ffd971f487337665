import { commonFindings } from "./common-findings.ts";
import type { Finding } from "./finding.ts";
import { asNew, type KeyRules, tradingIds } from "./key-rules.ts";
import type { CoreObservations } from "./observations.ts";
import { judgeCanTrade } from "./rules/account.ts";
import { judgeConnection } from "./rules/connection.ts";
import { undeclaredPurpose } from "./rules/permissions.ts";
import { judgeTrading } from "./rules/trading.ts";

/**
 * The gate: decides whether a new pair may replace the live one. Everything is observed through the server. Whether
 * the key is refused from elsewhere isn't checked here, but by `npm run verify`.
 */
export function gateFindings(observed: CoreObservations, ipAddress: string, rules: KeyRules): Finding[] {
  const { restrictions } = observed;
  const { permissions } = rules;
  const connection: Finding = {
    id: "connection",
    point: 8,
    title: "The key works from the server",
    ...judgeConnection(observed, ipAddress, permissions),
  };
  // Without a reply, one finding is enough: six would repeat it.
  if (!restrictions.ok) {
    return [connection];
  }
  return [
    connection,
    ...commonFindings(restrictions.value, ipAddress, asNew(rules)),
    // Point 7 says it already if the key is for something else.
    ...(undeclaredPurpose(restrictions.value, permissions) === undefined
      ? [
          {
            id: tradingIds[permissions],
            point: undefined,
            title: "The key may trade",
            ...judgeTrading(observed, ipAddress, permissions),
          },
        ]
      : []),
    { id: "account", point: undefined, title: "The account may trade", ...judgeCanTrade(observed) },
  ];
}
