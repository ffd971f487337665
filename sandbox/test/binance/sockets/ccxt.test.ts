import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../emulator/clock.ts";
import { makeEd25519Key } from "../support/api-socket.ts";
import { ccxtClient } from "../support/ccxt.ts";
import { type Emulator, makeKey, startEmulator } from "../support/emulator.ts";

// The client that most bots use, unmodified, with an emulator whose time passes.

/** Waits until so many subscriptions to the account's events have been answered. */
async function subscribed({ control }: Emulator, count: number): Promise<void> {
  const isAnswered = ({ path, status }: { path: string; status: number | null }) =>
    path.startsWith("userDataStream.subscribe.signature") && status === 200;
  while ((await control.requests()).filter(isAnswered).length < count) {
    // Until then.
  }
}

describe("ccxt pro", () => {
  test("watches a ticker, trades, candles and a book that agree with the REST API", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const client = await ccxtClient(emulator);
    await client.loadMarkets();
    const [trade] = await client.watchTrades("BTC/USDC");
    expect(trade).toMatchObject({ symbol: "BTC/USDC", price: expect.any(Number) });
    expect(await client.watchTicker("BTC/USDC")).toMatchObject({
      symbol: "BTC/USDC",
      last: expect.any(Number),
    });
    const [candle] = await client.watchOHLCV("BTC/USDC", "1m");
    expect(candle).toHaveLength(6);
    const book = await client.watchOrderBook("BTC/USDC");
    expect(book.bids[0]?.[0]).toBeLessThan(book.asks[0]?.[0] ?? 0);
    expect(emulator.reported).toEqual([]);
  });
});

describe.each(["hmac", "ed25519"] as const)("ccxt pro with a key of type %s", (type) => {
  test("trades through the WebSocket API, and sees its orders, trades and balance on the stream", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const key = type === "hmac" ? await makeKey(emulator) : await makeEd25519Key(emulator);
    const client = await ccxtClient(emulator, key);
    await client.loadMarkets();
    const orders = client.watchOrders("BTC/USDC");
    const trades = client.watchMyTrades("BTC/USDC");
    const balance = client.watchBalance();
    await subscribed(emulator, 1);
    const bought = await client.createOrderWs("BTC/USDC", "market", "buy", 0.001);
    expect(bought).toMatchObject({ status: "closed", filled: 0.001 });
    expect(await orders).toMatchObject([{ symbol: "BTC/USDC", id: bought.id }]);
    expect(await trades).toMatchObject([{ order: bought.id, amount: 0.001, takerOrMaker: "taker" }]);
    expect(await balance).toMatchObject({ BTC: { free: expect.any(Number) } });

    const resting = await client.createOrderWs("BTC/USDC", "limit", "buy", 0.001, 80_000);
    expect(await client.fetchOpenOrdersWs("BTC/USDC")).toMatchObject([{ id: resting.id, status: "open" }]);
    expect(await client.fetchOrderWs(String(resting.id), "BTC/USDC")).toMatchObject({ price: 80_000 });
    const canceled = client.watchOrders("BTC/USDC");
    expect(await client.cancelOrderWs(String(resting.id), "BTC/USDC")).toMatchObject({ status: "canceled" });
    expect((await canceled).at(-1)).toMatchObject({ id: resting.id });
    const refused = client.createOrderWs("BTC/USDC", "limit", "buy", 0.00001, 80_000);
    await expect(refused).rejects.toThrow("Filter failure: NOTIONAL");
    expect(emulator.reported).toEqual([]);
  });

  test("sees orders again after its connection was cut", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const key = type === "hmac" ? await makeKey(emulator) : await makeEd25519Key(emulator);
    const client = await ccxtClient(emulator, key);
    await client.loadMarkets();
    const first = client.watchOrders("BTC/USDC");
    await subscribed(emulator, 1);
    await emulator.control.changeSockets({ kind: "cut" });
    await expect(first).rejects.toThrow("closing code 1006");
    const second = client.watchOrders("BTC/USDC");
    await subscribed(emulator, 2);
    const bought = await client.createOrder("BTC/USDC", "market", "buy", 0.001);
    expect(await second).toMatchObject([{ id: bought.id }]);
  });
});
