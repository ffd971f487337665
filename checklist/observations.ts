import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import type { Attempt, Trouble } from "../binance/errors.ts";
import * as replies from "../binance/replies.ts";

/** The exchange's clock against this computer's. */
export interface ClockReading {
  /** How far the exchange is ahead of this computer, in ms; exact to half of the round trip. */
  differenceMs: number;
  roundTripMs: number;
}

/** What decides whether a pair may be activated. */
export interface CoreObservations {
  clock: Attempt<ClockReading>;
  restrictions: Attempt<replies.Restrictions>;
  account: Attempt<replies.Account>;
  orderTest: Attempt<unknown>;
}

/** All that is asked through the server. */
export interface ServerObservations extends CoreObservations {
  accountStatus: Attempt<string>;
  apiTradingStatus: Attempt<{ isLocked: boolean }>;
}

/** What came of using the key without the tunnel. */
export interface DirectObservation {
  attempt: Attempt<unknown>;
  /** This computer has the server's address itself: its request isn't one from elsewhere. */
  sharesAddress: boolean;
}

const skipped = { ok: false, trouble: { kind: "skipped" } } as const;

/** Asks what decides. A key that is refused isn't shown again: every further answer would be the same. */
export async function observeCore(
  client: BinanceClient,
  onClock: (reading: Attempt<ClockReading>) => void = () => undefined,
): Promise<CoreObservations> {
  const clock = await readClock(client);
  onClock(clock);
  if (!clock.ok) {
    return { ...nothing(clock.trouble), clock };
  }
  const restrictions = await client.ask(calls.apiRestrictions, replies.restrictionsReply);
  if (!restrictions.ok && isAboutTheKey(restrictions.trouble)) {
    return { clock, restrictions, account: skipped, orderTest: skipped };
  }
  const account = await client.ask(calls.account, replies.accountReply);
  return { clock, restrictions, account, orderTest: await testOrder(client) };
}

/** Asks everything. */
export async function observe(
  client: BinanceClient,
  onClock?: (reading: Attempt<ClockReading>) => void,
): Promise<ServerObservations> {
  const core = await observeCore(client, onClock);
  if (!core.account.ok && core.account.trouble.kind === "skipped") {
    return { ...core, accountStatus: skipped, apiTradingStatus: skipped };
  }
  const status = await client.ask(calls.accountStatus, replies.accountStatusReply);
  const trading = await client.ask(calls.apiTradingStatus, replies.apiTradingStatusReply);
  return {
    ...core,
    accountStatus: status.ok ? { ok: true, value: status.value.data } : status,
    apiTradingStatus: trading.ok ? { ok: true, value: { isLocked: trading.value.data.isLocked } } : trading,
  };
}

/** What is known where the way to Binance didn't even open. */
export function nothing(trouble: Trouble): ServerObservations {
  return {
    clock: { ok: false, trouble },
    restrictions: skipped,
    account: skipped,
    orderTest: skipped,
    accountStatus: skipped,
    apiTradingStatus: skipped,
  };
}

/** Another pair is tried only where the first was refused for itself. */
async function testOrder(client: BinanceClient): Promise<Attempt<unknown>> {
  let attempt: Attempt<unknown> = skipped;
  for (const call of calls.orderTests) {
    attempt = await client.ask(call, replies.orderTestReply);
    if (attempt.ok || !isAboutThePair(attempt.trouble)) {
      return attempt;
    }
  }
  return attempt;
}

/** An unknown pair, a filter's limit, "This symbol is not permitted for this account". */
function isAboutThePair(trouble: Trouble): boolean {
  return trouble.kind === "refused" && [-1121, -1013, -2010].includes(trouble.code ?? 0);
}

/** Reads the exchange's clock, and lets the client sign by it: a wrong clock here must not hide the rest. */
export async function readClock(client: BinanceClient): Promise<Attempt<ClockReading>> {
  const sent = Date.now();
  const attempt = await client.ask(calls.serverTime, replies.serverTimeReply);
  if (!attempt.ok) {
    return attempt;
  }
  const received = Date.now();
  const reading = {
    differenceMs: Math.round(attempt.value.serverTime - (sent + received) / 2),
    roundTripMs: received - sent,
  };
  client.clockDifference = reading.differenceMs;
  return { ok: true, value: reading };
}

/** Whether Binance refuses the key or its signature, whatever is asked. */
export function isAboutTheKey(trouble: Trouble): boolean {
  return trouble.kind === "refused" && [-2015, -2014, -2008, -1022].includes(trouble.code ?? 0);
}
