import { connect } from "node:net";
import { BinanceClient } from "../../binance/client.ts";
import { BinanceError } from "../../binance/failure.ts";
import type { KeyPair } from "../../binance/key-pair.ts";
import { binanceHost } from "../../binance/request.ts";
import { guardFailure, type GuardObservations, observeForGuard } from "../../checklist/guard.ts";
import { SetupError } from "./setup-error.ts";

/** For the connection, and for each of the two requests, in ms. With the webhook's it stays below the unit's limit. */
const timeout = 10_000;

/** Requests from this server what the key may do. */
export async function observe(keyPair: KeyPair): Promise<GuardObservations> {
  // IPv4, because whitelists contain nothing else.
  const socket = connect({ host: binanceHost, port: 443, family: 4 });
  try {
    const client = await BinanceClient.open({ socket, keyPair, timeout });
    try {
      return await observeForGuard(client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof BinanceError) {
      return guardFailure(error.failure);
    }
    throw new SetupError(
      "The installed secret can't sign a request. Set both values of the pair again, and run `pulumi up`.",
    );
  } finally {
    socket.destroy();
  }
}
