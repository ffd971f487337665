import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import { describeTrouble, type Trouble } from "../binance/errors.ts";
import { restrictionsReply } from "../binance/replies.ts";
import { diagnose } from "./diagnosis.ts";
import type { Finding } from "./finding.ts";
import { type CoreObservations, readClock } from "./observations.ts";
import { restrictionFindings } from "./restriction-findings.ts";

/** What the guard asks, every few minutes: a weight of 2 in all. */
export type GuardObservations = Pick<CoreObservations, "clock" | "restrictions">;

/** Asks for the clock and, signed by it, for what the key may do. */
export async function observeGuarded(client: BinanceClient): Promise<GuardObservations> {
  const clock = await readClock(client);
  if (!clock.ok) {
    return unasked(clock.trouble);
  }
  return { clock, restrictions: await client.ask(calls.apiRestrictions, restrictionsReply) };
}

/** What is known where the clock's trouble made the other question pointless. */
export function unasked(trouble: Trouble): GuardObservations {
  return { clock: { ok: false, trouble }, restrictions: { ok: false, trouble: { kind: "skipped" } } };
}

/** What hinders the guard from knowing; undefined where Binance has told. */
export function hindrance({ clock, restrictions }: GuardObservations): Trouble | undefined {
  if (!clock.ok) {
    return clock.trouble;
  }
  return restrictions.ok ? undefined : restrictions.trouble;
}

/**
 * Judges the installed key. Only what Binance itself says of the key can fail; where it isn't reached, or refuses
 * the key, nothing is known, and a bot isn't stopped for what isn't known.
 */
export function guardFindings(observed: GuardObservations, ipAddress: string): Finding[] {
  const { clock, restrictions } = observed;
  if (clock.ok && restrictions.ok) {
    return restrictionFindings(restrictions.value, ipAddress);
  }
  const trouble = hindrance(observed) ?? { kind: "skipped" };
  return [
    {
      id: "connection",
      point: undefined,
      title: "Binance tells the server what the key may do",
      verdict: "unknown",
      known: undefined,
      detail: `Binance was asked from the server: ${describeTrouble(trouble)}`,
      ...diagnose(trouble, { ipAddress, place: "guard" }),
    },
  ];
}
