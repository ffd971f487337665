import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import { describeFailure, type Failure } from "../binance/failure.ts";
import { restrictionsReply } from "../binance/replies.ts";
import { sentence } from "../binance/text.ts";
import { commonFindings } from "./common-findings.ts";
import { diagnose } from "./diagnosis/diagnosis.ts";
import type { Finding } from "./finding.ts";
import { type CoreObservations, readClock } from "./observations.ts";

/** What the guard requests, every few minutes: a weight of 2 in all. */
export type GuardObservations = Pick<CoreObservations, "clock" | "restrictions">;

/** Reads the clock and then, with its time, what the key may do. */
export async function observeForGuard(client: BinanceClient): Promise<GuardObservations> {
  const clock = await readClock(client);
  if (!clock.ok) {
    return guardFailure(clock.failure);
  }
  return { clock, restrictions: await client.request(calls.apiRestrictions, restrictionsReply) };
}

/** The observations if the first request failed, or the connection. */
export function guardFailure(failure: Failure): GuardObservations {
  return { clock: { ok: false, failure }, restrictions: { ok: false, failure: { kind: "skipped" } } };
}

/** Why the guard doesn't know what the key may do; undefined if it knows. */
export function failureOf({ clock, restrictions }: GuardObservations): Failure | undefined {
  if (!clock.ok) {
    return clock.failure;
  }
  return restrictions.ok ? undefined : restrictions.failure;
}

/**
 * Judges the installed key. Only what Binance itself says about the key can fail. If Binance can't be reached, or
 * refuses the key, the result is unknown, and the guard doesn't stop a bot for an unknown result.
 */
export function guardFindings({ clock, restrictions }: GuardObservations, ipAddress: string): Finding[] {
  if (!clock.ok) {
    return [unknownBecause(clock.failure, ipAddress)];
  }
  if (!restrictions.ok) {
    return [unknownBecause(restrictions.failure, ipAddress)];
  }
  return commonFindings(restrictions.value, ipAddress);
}

function unknownBecause(failure: Failure, ipAddress: string): Finding {
  return {
    id: "connection",
    point: undefined,
    title: "Binance reports what the key may do",
    verdict: "unknown",
    known: undefined,
    detail: sentence(`The request from the server failed: ${describeFailure(failure)}`),
    ...diagnose(failure, { ipAddress, caller: "guard" }),
  };
}
