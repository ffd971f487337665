import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import type { Failure, Result } from "../binance/failure.ts";
import { concernsKey, meaningOf } from "../binance/refusals.ts";
import * as replies from "../binance/replies.ts";

/** The exchange's clock compared with this computer's. */
export interface ClockReading {
  /** How far the exchange is ahead of this computer, in ms; exact to half of the round trip. */
  differenceMs: number;
  roundTripMs: number;
}

/** What the gate needs. */
export interface CoreObservations {
  clock: Result<ClockReading>;
  restrictions: Result<replies.Restrictions>;
  account: Result<replies.Account>;
  orderTest: Result<unknown>;
}

/** Everything that is requested through the server. */
export interface ServerObservations extends CoreObservations {
  accountStatus: Result<string>;
  apiTradingStatus: Result<{ isLocked: boolean }>;
}

/** The result of using the key from this computer, without the tunnel. */
export interface DirectObservation {
  result: Result<unknown>;
  /** This computer has the server's address itself, so its request doesn't come from elsewhere. */
  sharesAddress: boolean;
}

const skipped = { ok: false, failure: { kind: "skipped" } } as const;

export interface ObserveOptions {
  /** Called as soon as the clock is read, or can't be. */
  onClock?: (reading: Result<ClockReading>) => void;
  /** The symbol of the test order; the usual ones if it isn't set. */
  testPair?: string | undefined;
}

/** Requests what the gate needs. A key that is refused isn't sent again: every further reply would be the same. */
export async function observeCore(
  client: BinanceClient,
  { onClock = () => undefined, testPair }: ObserveOptions = {},
): Promise<CoreObservations> {
  const clock = await readClock(client);
  onClock(clock);
  if (!clock.ok) {
    return noObservations(clock.failure);
  }
  const restrictions = await client.request(calls.apiRestrictions, replies.restrictionsReply);
  if (!restrictions.ok && concernsKey(restrictions.failure)) {
    return { clock, restrictions, account: skipped, orderTest: skipped };
  }
  const account = await client.request(calls.account, replies.accountReply);
  return { clock, restrictions, account, orderTest: await testOrder(client, testPair) };
}

/** Requests everything. */
export async function observe(client: BinanceClient, options?: ObserveOptions): Promise<ServerObservations> {
  const core = await observeCore(client, options);
  if (!core.account.ok && core.account.failure.kind === "skipped") {
    return { ...core, accountStatus: skipped, apiTradingStatus: skipped };
  }
  const status = await client.request(calls.accountStatus, replies.accountStatusReply);
  const trading = await client.request(calls.apiTradingStatus, replies.apiTradingStatusReply);
  return {
    ...core,
    accountStatus: status.ok ? { ok: true, value: status.value.data } : status,
    apiTradingStatus: trading.ok ? { ok: true, value: { isLocked: trading.value.data.isLocked } } : trading,
  };
}

/** The observations if the first request failed, or the connection. */
export function noObservations(failure: Failure): ServerObservations {
  return {
    clock: { ok: false, failure },
    restrictions: skipped,
    account: skipped,
    orderTest: skipped,
    accountStatus: skipped,
    apiTradingStatus: skipped,
  };
}

/** Tries the second of the usual pairs only if Binance refused the first because of the pair or the amount. */
async function testOrder(client: BinanceClient, testPair: string | undefined): Promise<Result<unknown>> {
  let result: Result<unknown> = skipped;
  for (const symbol of testPair === undefined ? calls.usualTestPairs : [testPair]) {
    result = await client.request(calls.orderTest(symbol), replies.orderTestReply);
    if (result.ok || !concernsOrder(result.failure)) {
      return result;
    }
  }
  return result;
}

function concernsOrder(failure: Failure): boolean {
  return failure.kind === "refused" && meaningOf(failure).concerns === "order";
}

/** Reads the exchange's clock, and lets the client use its time: a wrong clock here must not hide other results. */
export async function readClock(client: BinanceClient): Promise<Result<ClockReading>> {
  const sent = Date.now();
  const result = await client.request(calls.serverTime, replies.serverTimeReply);
  if (!result.ok) {
    return result;
  }
  const received = Date.now();
  const reading = {
    differenceMs: Math.round(result.value.serverTime - (sent + received) / 2),
    roundTripMs: received - sent,
  };
  client.clockDifference = reading.differenceMs;
  return { ok: true, value: reading };
}
