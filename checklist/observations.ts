import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import type { Failure, Result } from "../binance/failure.ts";
import { concernsKey } from "../binance/refusals.ts";
import * as replies from "../binance/replies.ts";
import type { Call } from "../binance/request.ts";
import {
  noTradingObservations,
  observeTrading,
  type TradingObservations,
  type TradingOptions,
} from "./trading-observations.ts";

/** The exchange's clock compared with this computer's. */
export interface ClockReading {
  /** How far the exchange is ahead of this computer, in ms; exact to half of the round trip. */
  differenceMs: number;
  roundTripMs: number;
}

/** What the gate needs. */
export interface CoreObservations extends TradingObservations {
  clock: Result<ClockReading>;
  restrictions: Result<replies.Restrictions>;
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

export interface ObserveOptions extends TradingOptions {
  /** Called as soon as the clock is read, or can't be. */
  onClock?: (reading: Result<ClockReading>) => void;
}

/** Requests what the gate needs. A key that is refused isn't sent again: every further reply would be the same. */
export async function observeCore(
  client: BinanceClient,
  { onClock = () => undefined, ...trading }: ObserveOptions = {},
): Promise<CoreObservations> {
  const clock = await readClock(client);
  onClock(clock);
  if (!clock.ok) {
    return noObservations(clock.failure);
  }
  const restrictions = await client.request(calls.apiRestrictions, replies.restrictionsReply);
  if (!restrictions.ok && (concernsKey(restrictions.failure) || client.hasStopped)) {
    return { clock, restrictions, ...noTradingObservations };
  }
  return { clock, restrictions, ...(await observeTrading(client, trading)) };
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
    ...noTradingObservations,
    accountStatus: skipped,
    apiTradingStatus: skipped,
  };
}

/** Reads the exchange's clock, and lets the client use its time: a wrong clock here must not hide other results. */
export async function readClock(
  client: BinanceClient,
  call: Call = calls.serverTime,
): Promise<Result<ClockReading>> {
  const sent = Date.now();
  const result = await client.request(call, replies.serverTimeReply);
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
