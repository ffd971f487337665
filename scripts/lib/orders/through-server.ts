import type { BinanceClient } from "../../../binance/client.ts";
import type { Failure, Result } from "../../../binance/failure.ts";
import type { KeyPair } from "../../../binance/key-pair.ts";
import {
  type Cancellation,
  cancelOrders,
  type LeftOpen,
  type Market,
  type OpenOrder,
} from "../../../binance/open-orders.ts";
import { readLeftOpen } from "../../../checklist/left-open.ts";
import { readClock } from "../../../checklist/observations.ts";
import type { Server } from "../ssh/server.ts";
import { throughServer } from "../verification/vantage-points.ts";

// From this computer, with a TLS connection that ends here: a server that was broken into can't change what is shown.

/** An account, as it is reached through a server. */
export interface Account {
  server: Server;
  keyPair: KeyPair;
  market: Market;
}

/** Reads what is open in the account. */
export function readOpen({ server, keyPair, market }: Account): Promise<Result<LeftOpen>> {
  const read = (client: BinanceClient) => readLeftOpen(client, market);
  return throughServer<Result<LeftOpen>>(server, keyPair, read, failed, { host: market.host });
}

/** Cancels the open orders of the symbols of these orders. */
export function cancel(
  { server, keyPair, market }: Account,
  orders: OpenOrder[],
): Promise<Result<Cancellation>> {
  return throughServer<Result<Cancellation>>(
    server,
    keyPair,
    async (client) => {
      const clock = await readClock(client, market.serverTime);
      return clock.ok ? { ok: true, value: await cancelOrders(client, market, orders) } : clock;
    },
    failed,
    { host: market.host },
  );
}

function failed(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure };
}
