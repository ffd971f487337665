import type { Evidence } from "../../checklist/checklist.ts";
import type { KeyRules } from "../../checklist/key-rules.ts";
import type { ServerObservations } from "../../checklist/observations.ts";
import { failed, refused, soundReply } from "../binance/support.ts";

export const ipAddress = "203.0.113.10";
export const key = "0123456789ab";
/** The time of all these tests, in ms. */
export const now = Date.parse("2026-11-23T12:00:00Z");

/** The rules of a stack without further settings. */
export const spotRules: KeyRules = { permissions: "spot", acceptedPermissions: [] };

export const futuresRules: KeyRules = { permissions: "futures", acceptedPermissions: [] };

/** What Binance reports of a sound key for futures. */
export const futuresReply = { ...soundReply, enableSpotAndMarginTrading: false, enableFutures: true };

/** What is observed of a sound key through the server, with these changes. */
export function soundServer(changes: Partial<ServerObservations> = {}): ServerObservations {
  return {
    clock: { ok: true, value: { differenceMs: 3, roundTripMs: 200 } },
    restrictions: { ok: true, value: soundReply },
    account: { ok: true, value: { canTrade: true, balances: [] } },
    orderTest: { ok: true, value: {} },
    accountStatus: { ok: true, value: "Normal" },
    apiTradingStatus: { ok: true, value: { isLocked: false } },
    ...changes,
  };
}

/** Evidence with which every point passes, with these changes. */
export function soundEvidence(changes: Partial<Evidence> = {}): Evidence {
  const confirmed = { on: "2026-11-01", key };
  return {
    ipAddress,
    server: soundServer(),
    direct: { result: failed(refused(401, -2015)), sharesAddress: false },
    settings: {
      keyName: "TradingBot-Hetzner-01",
      ...spotRules,
      renewAfterMonths: 6,
      confirmations: { twoFactor: confirmed, antiPhishing: confirmed, passwordManager: confirmed },
    },
    pair: "0123456789ab",
    onServer: undefined,
    key,
    now,
    isMade: false,
    trackedFiles: { verdict: "pass", known: { by: "proven" }, detail: "" },
    ...changes,
  };
}
