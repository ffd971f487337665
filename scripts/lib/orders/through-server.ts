import { apiRestrictions } from "../../../binance/calls.ts";
import type { BinanceClient } from "../../../binance/client.ts";
import type { Failure, Result } from "../../../binance/failure.ts";
import type { ConfiguredKeyPair } from "../../../binance/key-pair.ts";
import {
  type Cancellation,
  cancelOrders,
  cancelRest,
  isUnsettled,
  type LeftOpen,
  type Market,
  type OpenOrder,
} from "../../../binance/open-orders.ts";
import { type Restrictions, restrictionsReply } from "../../../binance/replies.ts";
import { spotMarket } from "../../../binance/spot-orders.ts";
import { readLeftOpen } from "../../../checklist/left-open.ts";
import { readClock } from "../../../checklist/observations.ts";
import { retryIfBroken } from "../ssh/retry.ts";
import type { Server } from "../ssh/server.ts";
import { withKey } from "../ssh/signing.ts";
import { throughServer } from "../verification/vantage-points.ts";

// From this computer, with a TLS connection that ends here: a server that was broken into can't change what is shown.

/** An account, as it is reached through a server. */
export interface Account {
  server: Server;
  keyPair: ConfiguredKeyPair;
  market: Market;
}

/** Reads what is open in the account. */
export function readOpen(account: Account): Promise<Result<LeftOpen>> {
  return reach<LeftOpen>(account, (client) => readLeftOpen(client, account.market));
}

/** Reads what the key may do. */
export function readRestrictions(account: Account): Promise<Result<Restrictions>> {
  return reach<Restrictions>({ ...account, market: spotMarket }, async (client) => {
    const clock = await readClock(client);
    return clock.ok ? client.request(apiRestrictions, restrictionsReply) : clock;
  });
}

/**
 * Cancels the open orders of the symbols of these orders. If an answer is lost, it looks over a new connection at what is
 * still open, and cancels that: the caller may have no key for it later.
 */
export async function cancel(account: Account, orders: OpenOrder[]): Promise<Result<Cancellation>> {
  const { market } = account;
  const first = await withTime(account, (client) => cancelOrders(client, market, orders));
  if (!first.ok || !isUnsettled(first.value)) {
    return first;
  }
  const again = await withTime(account, (client) => cancelRest(client, market, orders, first.value));
  return again.ok ? again : { ok: true, value: { ...first.value, left: again } };
}

/** The same with the exchange's time, which signed requests need. */
function withTime<T>(account: Account, use: (client: BinanceClient) => Promise<T>): Promise<Result<T>> {
  return reach<T>(account, async (client) => {
    const clock = await readClock(client, account.market.serverTime);
    return clock.ok ? { ok: true, value: await use(client) } : clock;
  });
}

function reach<T>(
  { server, keyPair, market }: Account,
  use: (client: BinanceClient) => Promise<Result<T>>,
): Promise<Result<T>> {
  const failed = (failure: Failure): Result<T> => ({ ok: false, failure });
  // A failure of everything means that no order was canceled, so all of it may be repeated.
  return retryIfBroken(
    () =>
      withKey(server, keyPair, (key) =>
        throughServer<Result<T>>(server, key, use, failed, { host: market.host }),
      ),
    (result) => (result.ok ? undefined : result.failure),
  );
}
