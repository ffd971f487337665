import { accountRefusalIn } from "../binance/account-refusals.ts";
import * as calls from "../binance/calls.ts";
import type { BinanceClient } from "../binance/client.ts";
import type { Failure, Result } from "../binance/failure.ts";
import { meaningOf } from "../binance/refusals.ts";
import * as replies from "../binance/replies.ts";
import { futuresHost } from "../binance/request.ts";

/** What shows whether orders would be accepted. */
export interface TradingObservations {
  account: Result<replies.Account>;
  /** A test order to buy. */
  orderTest: Result<unknown>;
  /** A test order to sell; only sent if the account may not buy. */
  sellTest?: Result<unknown>;
}

/** Uses another connection from the same place to another host of Binance. */
export type Connect = (
  host: string,
  use: (client: BinanceClient) => Promise<TradingObservations>,
  onFailure: (failure: Failure) => TradingObservations,
) => Promise<TradingObservations>;

export interface TradingOptions {
  /** The symbol of the test order; the usual ones if it isn't set. */
  testPair?: string | undefined;
  /** For a key that trades futures, which have their own host. */
  futures?: Connect | undefined;
}

const skipped = { ok: false, failure: { kind: "skipped" } } as const;

export const noTradingObservations: TradingObservations = { account: skipped, orderTest: skipped };

/** Reads the account that the key is for, and tests an order. */
export function observeTrading(
  client: BinanceClient,
  { testPair, futures }: TradingOptions,
): Promise<TradingObservations> {
  if (futures === undefined) {
    return observeSpot(client, testPair);
  }
  return futures(
    futuresHost,
    (second) => {
      second.clockDifference = client.clockDifference;
      return observeFutures(second, testPair);
    },
    (failure) => ({ account: { ok: false, failure }, orderTest: skipped }),
  );
}

async function observeSpot(
  client: BinanceClient,
  testPair: string | undefined,
): Promise<TradingObservations> {
  const account = await client.request(calls.account, replies.accountReply);
  const symbols = testPair === undefined ? calls.usualTestPairs : [testPair];
  const test = (side: calls.OrderSide) => (symbol: string) =>
    client.request(calls.orderTest(symbol, side), replies.orderTestReply);
  const orderTest = await firstAccepted(symbols, test("BUY"));
  if (orderTest.ok || accountRefusalIn(orderTest.failure) === undefined) {
    return { account, orderTest };
  }
  return { account, orderTest, sellTest: await firstAccepted(symbols, test("SELL")) };
}

async function observeFutures(
  client: BinanceClient,
  testPair: string | undefined,
): Promise<TradingObservations> {
  const configuration = await client.request(calls.futuresConfiguration, replies.futuresConfigurationReply);
  if (!configuration.ok) {
    return { account: configuration, orderTest: skipped };
  }
  const { canTrade, dualSidePosition } = configuration.value;
  const balances = await client.request(calls.futuresBalance, replies.futuresBalanceReply);
  const symbols = testPair === undefined ? calls.usualFuturesTestPairs : [testPair];
  const orderTest = await firstAccepted(symbols, (symbol) =>
    client.request(calls.futuresOrderTest(symbol, dualSidePosition), replies.futuresOrderTestReply),
  );
  return {
    account: balances.ok ? { ok: true, value: { canTrade, balances: balances.value } } : balances,
    orderTest,
  };
}

/** Tries the next symbol only if Binance refused the one before it because of the symbol or the amount. */
async function firstAccepted(
  symbols: readonly string[],
  test: (symbol: string) => Promise<Result<unknown>>,
): Promise<Result<unknown>> {
  let result: Result<unknown> = skipped;
  for (const symbol of symbols) {
    result = await test(symbol);
    if (result.ok || !concernsOrder(result.failure)) {
      return result;
    }
  }
  return result;
}

function concernsOrder(failure: Failure): boolean {
  return (
    failure.kind === "refused" &&
    meaningOf(failure).concerns === "order" &&
    accountRefusalIn(failure) === undefined
  );
}
