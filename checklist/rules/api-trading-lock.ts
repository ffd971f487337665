import { type Judgement, notChecked, proven } from "../finding.ts";
import type { ServerObservations } from "../observations.ts";
import { unknownBecause } from "./failure.ts";

/** Beyond the eight points: Binance hasn't locked trading by API because its rules were broken. */
export function judgeApiTradingLock({ apiTradingStatus: status }: ServerObservations): Judgement {
  if (!status.ok) {
    return status.failure.kind === "skipped" ? notChecked : unknownBecause(status.failure);
  }
  if (status.value.isLocked) {
    return {
      verdict: "fail",
      known: proven,
      detail: "Binance has locked trading by API, because its trading rules were broken (isLocked is true).",
      remedy: "Stop the bot. API Management at Binance shows the reason and the end of the lock.",
    };
  }
  return { verdict: "pass", known: proven, detail: "isLocked is false." };
}
