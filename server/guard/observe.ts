import { connect } from "node:net";
import { BinanceClient } from "../../binance/client.ts";
import { BinanceError, type Failure } from "../../binance/failure.ts";
import type { KeyPair } from "../../binance/key-pair.ts";
import { binanceHost } from "../../binance/request.ts";
import { guardFailure, type GuardObservations, observeForGuard } from "../../checklist/guard.ts";
import { SetupError } from "./setup-error.ts";

/** For the connection, and for each of the two requests that follow, in ms: less than the units' limits. */
const timeout = 10_000;

/** Requests from this server what the key may do. */
export function observe(keyPair: KeyPair): Promise<GuardObservations> {
  return withBinance(keyPair, observeForGuard, guardFailure);
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
): Promise<T> {
  // IPv4, because whitelists contain nothing else.
  const socket = connect({ host: binanceHost, port: 443, family: 4 });
  try {
    const client = await BinanceClient.open({ socket, keyPair, timeout });
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
