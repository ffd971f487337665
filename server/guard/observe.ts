import { connect } from "node:net";
import { BinanceClient } from "../../binance/client.ts";
import { BinanceError, type Failure } from "../../binance/failure.ts";
import type { KeyPair } from "../../binance/key-pair.ts";
import { binanceHost } from "../../binance/request.ts";
import {
  guardFailure,
  type GuardObservations,
  type GuardOptions,
  observeForGuard,
} from "../../checklist/guard.ts";
import { noTradingObservations, type TradingObservations } from "../../checklist/trading-observations.ts";
import { SetupError } from "./setup-error.ts";

/** For the connection, and for each of the requests, in ms: less than the units' limits. */
const timeout = 10_000;
/** For all that is read about the account, in ms. The connection and the two requests before it fit into the unit's limit besides. */
const accountTimeout = 15_000;

/** Requests from this server what the key may do. */
export function observe(
  keyPair: KeyPair,
  options: Omit<GuardOptions, "withinTime" | "futures">,
): Promise<GuardObservations> {
  const futures: GuardOptions["futures"] =
    options.judging.permissions === "futures"
      ? (host, use, onFailure) => withBinance(keyPair, use, onFailure, host)
      : undefined;
  const all = { ...options, futures, withinTime };
  return withBinance(keyPair, (client) => observeForGuard(client, all), guardFailure);
}

/**
 * Calls Binance from this server, with its own pair.
 *
 * @param onFailure makes a result if there was no connection
 * @throws SetupError if the pair can't be used
 */
export async function withBinance<T>(
  keyPair: KeyPair,
  use: (client: BinanceClient) => Promise<T>,
  onFailure: (failure: Failure) => T,
  host = binanceHost,
): Promise<T> {
  // IPv4, because whitelists contain nothing else.
  const socket = connect({ host, port: 443, family: 4 });
  try {
    const client = await BinanceClient.open({ socket, keyPair, host, timeout });
    try {
      return await use(client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof BinanceError) {
      return onFailure(error.failure);
    }
    throw new SetupError(
      "The installed secret can't sign a request. Set both values of the pair again, and run `pulumi up`.",
    );
  } finally {
    socket.destroy();
  }
}

/** The connection is closed afterwards, which ends the requests that are under way. */
async function withinTime(reading: Promise<TradingObservations>): Promise<TradingObservations> {
  // Debian's Node has no Promise.withResolvers.
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<TradingObservations>((resolve) => {
    timer = setTimeout(resolve, accountTimeout, noTradingObservations);
  });
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
