import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { systemClock } from "../../../emulator/clock.ts";
import { ccxtClient } from "../support/ccxt.ts";
import { type Emulator, makeKey, startEmulator } from "../support/emulator.ts";

// The client that most bots use, unmodified, trades futures.

const symbol = "BTC/USDT:USDT";
const realized = z.object({ realizedPnl: z.string() });

async function trader(permissions = ["reading", "futures"]) {
  const emulator = await startEmulator({ clock: systemClock });
  const client = await ccxtClient(emulator, await makeKey(emulator, { permissions }), "swap");
  await client.loadMarkets();
  return { emulator, client };
}

/** Waits until so many of the account's streams are open. */
async function connected({ control }: Emulator, count: number): Promise<void> {
  while ((await control.sockets()).filter(({ url }) => url.includes("/private/")).length < count) {
    // Until then.
  }
}

describe("ccxt", () => {
  test("loads the contracts, and reads prices, funding, brackets and candles that agree", async () => {
    const { emulator, client } = await trader();
    await emulator.control.pinPrice("BTCUSDT", "90000");
    while ((await client.fetchTicker(symbol)).last !== 90_000) {
      // It begins within 100 ms.
    }
    expect(client.market(symbol)).toMatchObject({
      ...{ swap: true, linear: true, active: true, contractSize: 1 },
      precision: { amount: 0.001, price: 0.01 },
      limits: { amount: { min: 0.001 }, cost: { min: 50 } },
    });
    expect((await client.fetchOrderBook(symbol, 5)).bids[0]?.[0]).toBeGreaterThanOrEqual(89_999.99);
    expect((await client.fetchOHLCV(symbol, "1m", undefined, 3)).at(-1)?.[4]).toBe(90_000);
    expect((await client.fetchTrades(symbol, undefined, 5)).at(-1)?.price).toBe(90_000);
    expect(await client.fetchFundingRate(symbol)).toMatchObject({ markPrice: 90_000, fundingRate: 0.0001 });
    expect((await client.fetchFundingRateHistory(symbol, undefined, 3)).length).toBe(3);
    expect((await client.fetchLeverageTiers([symbol]))[symbol]?.[0]).toMatchObject({ maxLeverage: 125 });
    expect(await client.fetchBidsAsks([symbol])).toMatchObject({ [symbol]: { ask: expect.any(Number) } });
    expect(await client.fetchTradingFee(symbol)).toMatchObject({ maker: 0.0002, taker: 0.0005 });
    expect(emulator.reported).toEqual([]);
  });

  test("opens a position at market, protects it with a stop, closes it, and its balance adds up", async () => {
    const { emulator, client } = await trader();
    expect(await client.fetchBalance()).toMatchObject({ USDT: { total: 1000, free: 1000 } });
    expect(await client.setLeverage(10, symbol)).toMatchObject({ leverage: 10 });
    await client.setMarginMode("isolated", symbol);
    await client.setMarginMode("cross", symbol);
    const opened = await client.createOrder(symbol, "market", "buy", 0.01);
    expect(opened).toMatchObject({ status: "closed", filled: 0.01 });
    expect(await client.fetchPositions([symbol])).toMatchObject([
      { symbol, side: "long", contracts: 0.01, entryPrice: expect.any(Number) },
    ]);
    const last = Number((await client.fetchTicker(symbol)).last);
    const stop = await client.createOrder(symbol, "market", "sell", 0.01, undefined, {
      stopLossPrice: last * 0.9,
      reduceOnly: true,
    });
    expect(await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toMatchObject([
      { id: stop.id, triggerPrice: expect.any(Number), reduceOnly: true },
    ]);
    await client.cancelOrder(String(stop.id), symbol, { trigger: true });
    expect(await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: true })).toEqual([]);
    const limit = await client.createOrder(symbol, "limit", "sell", 0.01, Math.round(last * 1.1));
    expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ id: limit.id, status: "open" }]);
    const edited = Math.round(last * 1.12);
    await client.editOrder(String(limit.id), symbol, "limit", "sell", 0.01, edited);
    expect(await client.fetchOrder(String(limit.id), symbol)).toMatchObject({ price: edited });
    await client.cancelAllOrders(symbol);
    const closed = await client.createOrder(symbol, "market", "sell", 0.01, undefined, { reduceOnly: true });
    expect(await client.fetchOrder(String(closed.id), symbol)).toMatchObject({
      ...{ status: "closed", reduceOnly: true, average: expect.any(Number) },
    });
    expect(await client.fetchPositions([symbol])).toEqual([]);
    const trades = await client.fetchMyTrades(symbol);
    const raw = trades.map(({ info }) => realized.parse(info).realizedPnl);
    const sum = trades.reduce((total, { fee }, index) => total + Number(raw[index]) - Number(fee?.cost), 0);
    expect((await client.fetchBalance()).USDT?.total).toBeCloseTo(1000 + sum, 8);
    const incomes = await client.fetchLedger("USDT");
    expect(
      incomes.reduce(
        (total, { amount = 0, direction }) => total + (direction === "in" ? amount : -amount),
        0,
      ),
    ).toBeCloseTo(1000 + sum, 8);
    expect(emulator.reported).toEqual([]);
  });

  test("is refused without the permission for futures", async () => {
    const { client } = await trader(["reading", "trading"]);
    await expect(client.createOrder(symbol, "market", "buy", 0.01)).rejects.toMatchObject({
      name: "AuthenticationError",
      message: expect.stringContaining("-2015"),
    });
  });

  test("gets the reason if an order is refused", async () => {
    const { client } = await trader();
    await expect(client.createOrder(symbol, "market", "buy", 5)).rejects.toThrow("-2019");
    const reducing = client.createOrder(symbol, "market", "sell", 0.01, undefined, { reduceOnly: true });
    await expect(reducing).rejects.toThrow("-2022");
    const old = client.fapiPrivatePostOrder({
      symbol: "BTCUSDT",
      side: "SELL",
      type: "STOP_MARKET",
      stopPrice: 1,
    });
    await expect(old).rejects.toThrow("-4120");
  });
});

describe("ccxt pro", () => {
  test("watches the market and the mark price", async () => {
    const { emulator, client } = await trader();
    expect(await client.watchTicker(symbol)).toMatchObject({ symbol, last: expect.any(Number) });
    expect(await client.watchMarkPrice(symbol)).toMatchObject({ markPrice: expect.any(Number) });
    expect((await client.watchTrades(symbol))[0]).toMatchObject({ symbol });
    expect((await client.watchOHLCV(symbol, "1m"))[0]).toHaveLength(6);
    const book = await client.watchOrderBook(symbol);
    expect(book.bids[0]?.[0]).toBeLessThan(Number(book.asks[0]?.[0]));
    expect(emulator.reported).toEqual([]);
  });

  test("sees its fills, its position and its balance", async () => {
    const { emulator, client } = await trader();
    const [orders, trades] = [client.watchOrders(symbol), client.watchMyTrades(symbol)];
    const [balance, positions] = [client.watchBalance(), client.watchPositions([symbol])];
    await connected(emulator, 1);
    const bought = await client.createOrder(symbol, "market", "buy", 0.01);
    expect(await orders).toMatchObject([{ symbol, id: bought.id }]);
    expect(await trades).toMatchObject([{ order: bought.id, amount: 0.01, takerOrMaker: "taker" }]);
    expect(await balance).toMatchObject({ USDT: { total: expect.any(Number) } });
    expect(await positions).toMatchObject([{ symbol, side: "long", contracts: 0.01 }]);
    expect(emulator.reported).toEqual([]);
  });
});
