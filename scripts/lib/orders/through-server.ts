import type { Failure, Result } from "../../../binance/failure.ts";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { type Cancellation, cancelOrders, type OpenOrder } from "../../../binance/open-orders.ts";
import { readLeftOpen } from "../../../checklist/left-open.ts";
import { readClock } from "../../../checklist/observations.ts";
import type { Server } from "../ssh/server.ts";
import { throughServer } from "../verification/vantage-points.ts";

// From this computer, with a TLS connection that ends here: a server that was broken into can't change what is shown.

/** Reads the account's open orders. */
export function readOrders(server: Server, keyPair: KeyPair): Promise<Result<OpenOrder[]>> {
  return throughServer(server, keyPair, readLeftOpen, failed);
}

/** Cancels the open orders of the symbols of these orders. */
export function cancel(server: Server, keyPair: KeyPair, orders: OpenOrder[]): Promise<Result<Cancellation>> {
  return throughServer<Result<Cancellation>>(
    server,
    keyPair,
    async (client) => {
      const clock = await readClock(client);
      return clock.ok ? { ok: true, value: await cancelOrders(client, orders) } : clock;
    },
    failed,
  );
}

function failed(failure: Failure): { ok: false; failure: Failure } {
  return { ok: false, failure };
}
