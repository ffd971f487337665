import { type Attempt, describeTrouble } from "../../binance/errors.ts";
import { evidence, type Judgement, proven, unanswered } from "../finding.ts";
import type { ClockReading, ServerObservations } from "../observations.ts";
import { flag } from "./restrictions.ts";

/** Binance takes a timestamp that is up to a second early, or up to `recvWindow` late. In ms. */
const tolerance = { early: 1000, late: 5000 };

/** Whether requests that are signed by this computer's clock would be in time. */
export function judgeClock(clock: Attempt<ClockReading>): Judgement {
  if (!clock.ok) {
    return unanswered;
  }
  const { differenceMs, roundTripMs } = clock.value;
  const doubt = roundTripMs / 2;
  const words =
    Math.abs(differenceMs) <= doubt
      ? `It agrees with Binance's to ${Math.ceil(doubt)} ms.`
      : `It is ${Math.abs(differenceMs)} ms ${differenceMs > 0 ? "behind" : "ahead of"} Binance's.`;
  const remedy =
    "Set this computer's clock by the network: timedatectl set-ntp true. The server has a clock of its own, which isn't seen here.";
  if (differenceMs - doubt > tolerance.late || -differenceMs - doubt > tolerance.early) {
    return { verdict: "fail", known: proven, detail: words, remedy };
  }
  if (differenceMs + doubt > tolerance.late || -differenceMs + doubt > tolerance.early) {
    return { verdict: "unknown", known: evidence, detail: words, remedy };
  }
  return { verdict: "pass", known: proven, detail: words };
}

/** Whether the address that Binance sees is the one that is whitelisted. Only a refusal ever names it. */
export function judgeAddress({
  server,
  ipAddress,
}: {
  server: ServerObservations;
  ipAddress: string;
}): Judgement {
  const seen = Object.values(server)
    .map((attempt: Attempt<unknown>) =>
      !attempt.ok && attempt.trouble.kind === "refused" ? attempt.trouble.requestIp : undefined,
    )
    .filter((address) => address !== undefined);
  const other = seen.find((address) => address !== ipAddress);
  if (other !== undefined) {
    return {
      verdict: "fail",
      known: proven,
      detail: `Binance has seen the server as ${other}, while the stack's address is ${ipAddress}.`,
      remedy: "Find out why the server leaves by another address: npm run ssh -- ip route",
    };
  }
  if (seen.length > 0) {
    return { verdict: "pass", known: proven, detail: `Binance has named it in a refusal: ${ipAddress}.` };
  }
  if (server.restrictions.ok && flag(server.restrictions.value, "ipRestrict") === true) {
    return {
      verdict: "pass",
      known: evidence,
      detail: `A key that is bound to addresses works from the server; its only address is ${ipAddress}.`,
    };
  }
  return {
    verdict: "unknown",
    known: undefined,
    detail: server.restrictions.ok
      ? "Binance names the address only in refusals, and this key works from everywhere."
      : `Binance hasn't told${server.restrictions.trouble.kind === "skipped" ? "" : ` (${describeTrouble(server.restrictions.trouble)})`}.`,
    remedy: `Put ${ipAddress}, and no other, into the key's whitelist. Run this again.`,
  };
}
