import { expect, test } from "@jest/globals";
import ccxt, { type binance as Binance } from "ccxt";
import * as z from "zod";
import { systemClock } from "../../../emulator/clock.ts";
import { type Emulator, makeKey, startEmulator } from "../support/emulator.ts";
import { permittedTime } from "../support/permitted-time.ts";

// ccxt is the client that most bots use. Only the addresses of its hosts are changed.

const addresses = z.record(z.string(), z.string());

function client(emulator: Emulator, key: { apiKey?: string; secret?: string } = {}): Binance {
  const exchange = new ccxt.binance({ ...key, enableRateLimit: false, timeout: permittedTime });
  exchange.urls.api = Object.fromEntries(
    Object.entries(addresses.parse(exchange.urls.api)).map(([name, url]) => [
      name,
      url.replace(/^https:\/\/[^/]+/, emulator.url),
    ]),
  );
  return exchange;
}

test("ccxt loads all markets, without a key and with one", async () => {
  const emulator = await startEmulator({ clock: systemClock });
  const { apiKey, apiSecret } = await makeKey(emulator);
  for (const key of [{}, { apiKey, secret: apiSecret ?? "" }]) {
    const markets = await client(emulator, key).loadMarkets();
    expect(Object.keys(markets)).toEqual(
      expect.arrayContaining(["BTC/USDC", "BTC/USDT", "ETH/USDC", "ETH/BTC", "BNB/USDC"]),
    );
    expect(markets["BTC/USDC"]).toMatchObject({
      active: true,
      precision: { amount: 0.00001, price: 0.01 },
      limits: { amount: { min: 0.00001 }, cost: { min: 5 }, price: { min: 0.01 } },
    });
  }
  expect(emulator.reported).toEqual([]);
});

test("ccxt's margin bots find empty lists of pairs", async () => {
  const emulator = await startEmulator({ clock: systemClock });
  const { apiKey, apiSecret } = await makeKey(emulator);
  const exchange = client(emulator, { apiKey, secret: apiSecret ?? "" });
  exchange.options.fetchMargins = true;
  await exchange.loadMarkets();
  expect(emulator.reported).toEqual([]);
});

test("ccxt's ticker, book, trades and candles agree with each other", async () => {
  // The clock stands still, so that all of them are of the same moment.
  const emulator = await startEmulator();
  const exchange = client(emulator);
  const symbol = "BTC/USDC";
  const ticker = await exchange.fetchTicker(symbol);
  const book = await exchange.fetchOrderBook(symbol, 20);
  const trades = await exchange.fetchTrades(symbol, undefined, 10);
  const minutes = await exchange.fetchOHLCV(symbol, "1m", undefined, 61);
  const hours = await exchange.fetchOHLCV(symbol, "1h", undefined, 2);

  expect(book.bids[0]?.[0]).toBe(ticker.bid);
  expect(book.asks[0]?.[0]).toBe(ticker.ask);
  expect(trades.at(-1)?.price).toBe(ticker.last);
  expect(minutes.at(-1)?.[4]).toBe(ticker.last);
  // An hour, minute by minute.
  const hour = minutes.slice(0, 60);
  const [, open, high, low, close, volume = 0] = hours[0] ?? [];
  expect(hour[0]?.[1]).toBe(open);
  expect(hour.at(-1)?.[4]).toBe(close);
  expect(Math.max(...hour.map((candle) => candle[2] ?? NaN))).toBe(high);
  expect(Math.min(...hour.map((candle) => candle[3] ?? NaN))).toBe(low);
  expect(hour.reduce((sum, candle) => sum + (candle[5] ?? NaN), 0)).toBeCloseTo(volume, 6);

  const all = await exchange.fetchTickers();
  expect(all[symbol]?.last).toBe(ticker.last);
  expect(await exchange.fetchBidsAsks([symbol])).toMatchObject({
    [symbol]: { bid: ticker.bid, ask: ticker.ask },
  });
  expect(await exchange.fetchTime()).toBe(emulator.clock.now().getTime());
  expect(await exchange.fetchStatus()).toMatchObject({ status: "ok" });
  expect(emulator.reported).toEqual([]);
});
