import { connect } from "node:net";
import { BinanceClient } from "../../binance/client.ts";
import { BinanceError } from "../../binance/errors.ts";
import type { KeyPair } from "../../binance/key-pair.ts";
import { binanceHost } from "../../binance/request.ts";
import { type GuardObservations, observeGuarded, unasked } from "../../checklist/guarding.ts";
import { Unusable } from "./places.ts";

/** For the connection, and for each of the two questions, in ms: with a webhook's, within the unit's limit. */
const timeout = 10_000;

/** Asks Binance from this server. */
export async function ask(keyPair: KeyPair): Promise<GuardObservations> {
  // IPv4, as whitelists hold nothing else.
  const socket = connect({ host: binanceHost, port: 443, family: 4 });
  try {
    const client = await BinanceClient.open({ socket, keyPair, timeout });
    try {
      return await observeGuarded(client);
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof BinanceError) {
      return unasked(error.trouble);
    }
    throw new Unusable("The installed secret can't sign a request. Set the pair anew, and run `pulumi up`.");
  } finally {
    socket.destroy();
  }
}
