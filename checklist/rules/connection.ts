import { type Judgement, proven } from "../finding.ts";
import type { Permissions } from "../key-rules.ts";
import type { CoreObservations } from "../observations.ts";
import { judgeFailure } from "./failure.ts";

const failed = "A request through the server failed";

/** Point 8: the key works through the server, and the account answers with its balances. */
export function judgeConnection(
  { clock, restrictions, account }: CoreObservations,
  ipAddress: string,
  permissions: Permissions,
): Judgement {
  // The first failure is the reason; what follows it was often not even requested.
  if (!clock.ok) {
    return judgeFailure(clock.failure, ipAddress, failed, { isFirstRequest: true });
  }
  if (!restrictions.ok) {
    return judgeFailure(restrictions.failure, ipAddress, failed);
  }
  if (!account.ok) {
    return judgeFailure(account.failure, ipAddress, failed, {
      refusedAction: permissions === "futures" ? "read-futures" : "read-account",
    });
  }
  const { length } = account.value.balances;
  const balances =
    length === 0 ? "no balance: the account is empty" : `${length} balance${length === 1 ? "" : "s"}`;
  return { verdict: "pass", known: proven, detail: `Binance has answered the server, with ${balances}.` };
}
