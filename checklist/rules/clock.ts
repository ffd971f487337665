import type { Result } from "../../binance/failure.ts";
import { recvWindow } from "../../binance/request.ts";
import { evidence, type Judgement, notChecked, proven } from "../finding.ts";
import type { ClockReading } from "../observations.ts";

/** Binance accepts a timestamp that is up to a second early, or up to `recvWindow` late. In ms. */
const tolerance = { early: 1000, late: recvWindow };

/** Whether requests with timestamps of this computer's clock would be in time. */
export function judgeClock(clock: Result<ClockReading>): Judgement {
  if (!clock.ok) {
    return notChecked;
  }
  const { differenceMs, roundTripMs } = clock.value;
  const uncertainty = roundTripMs / 2;
  const detail =
    Math.abs(differenceMs) <= uncertainty
      ? `It agrees with Binance's to ${Math.ceil(uncertainty)} ms.`
      : `It is ${Math.abs(differenceMs)} ms ${differenceMs > 0 ? "behind" : "ahead of"} Binance's.`;
  const remedy =
    "Synchronise this computer's clock: timedatectl set-ntp true. The server has its own clock, which isn't checked here.";
  if (differenceMs - uncertainty > tolerance.late || -differenceMs - uncertainty > tolerance.early) {
    return { verdict: "fail", known: proven, detail, remedy };
  }
  if (differenceMs + uncertainty > tolerance.late || -differenceMs + uncertainty > tolerance.early) {
    return { verdict: "unknown", known: evidence, detail, remedy };
  }
  return { verdict: "pass", known: proven, detail };
}
