import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Spot, SpotWebsocketAPI } from "@binance/spot";
import { afterEach, describe, expect, test } from "@jest/globals";
import ccxt from "ccxt";
import { BinanceControl } from "../../binance/control.ts";
import { foldersOfThisRun } from "../../run-folders.ts";
import { makePair } from "./support/signing.ts";

// Clients with nothing changed: real names, real ports, TLS.

process.env.LOG_LEVEL = "error";

const { dir, logs } = foldersOfThisRun();
const binance = new BinanceControl(join(dir, "binance.sock"));
const ends: (() => unknown)[] = [];

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  for (const { apiKey } of await binance.keys()) {
    await binance.deleteKey(apiKey);
  }
});

async function makeKey() {
  const { publicKey, pem } = makePair("ed25519");
  const { apiKey } = await binance.createKey({
    ...{ label: "bot", type: "ed25519", publicKey },
    permissions: ["reading", "trading"],
  });
  return { apiKey, pem };
}

async function notEmulated(): Promise<string[]> {
  const lines = (await readFile(join(logs, "api.binance.com.log"), "utf8")).split("\n");
  return lines.filter((line) => line.includes("not emulated"));
}

describe("an unmodified client", () => {
  test("ccxt loads all markets, and trades through REST and WebSockets", async () => {
    const before = await notEmulated();
    const { apiKey, pem } = await makeKey();
    const client = new ccxt.pro.binance({ apiKey, secret: pem });
    ends.push(() => client.close());
    await client.loadMarkets();
    expect(await client.watchTicker("BTC/USDC")).toMatchObject({ last: expect.any(Number) });
    const book = await client.watchOrderBook("BTC/USDC");
    expect(book.bids[0]?.[0]).toBeLessThan(Number(book.asks[0]?.[0]));
    const orders = client.watchOrders("BTC/USDC");
    while (!(await binance.sockets()).some(({ kind }) => kind === "api")) {
      // Until it has connected.
    }
    const bought = await client.createOrderWs("BTC/USDC", "market", "buy", 0.001);
    expect(await orders).toMatchObject([{ id: bought.id, status: "closed" }]);
    expect(await client.fetchMyTrades("BTC/USDC")).toMatchObject([{ order: bought.id, amount: 0.001 }]);
    expect(await notEmulated()).toEqual(before);
  });

  test("@binance/spot logs on, trades and watches", async () => {
    const before = await notEmulated();
    const { apiKey, pem } = await makeKey();
    // The client's documentation gives it plain objects, as its class for them is not exported.
    /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment */
    const spot = new Spot({
      configurationWebsocketAPI: { apiKey, privateKey: pem },
      configurationWebsocketStreams: {},
    });
    /* eslint-enable @typescript-eslint/no-unsafe-class-instance-assignment */
    const api = await spot.websocketAPI.connect();
    ends.push(() => api.disconnect());
    await api.sessionLogon();
    await api.userDataStreamSubscribe();
    const { data } = await api.orderPlace({
      symbol: "BTCUSDC",
      side: SpotWebsocketAPI.OrderPlaceSideEnum.BUY,
      type: SpotWebsocketAPI.OrderPlaceTypeEnum.MARKET,
      quantity: 0.001,
    });
    expect(data).toMatchObject({ status: "FILLED" });
    const streams = await spot.websocketStreams.connect();
    ends.push(() => streams.disconnect());
    const trade = await new Promise((resolve) => {
      streams.trade({ symbol: "btcusdc" }).on("message", resolve);
    });
    expect(trade).toMatchObject({ e: "trade", s: "BTCUSDC" });
    expect(await notEmulated()).toEqual(before);
  });

  test.each([
    "wss://stream.binance.com/ws/btcusdc@trade",
    "wss://stream.binance.com:9443/ws/btcusdc@trade",
    "wss://data-stream.binance.vision:9443/ws/btcusdc@trade",
    "wss://demo-stream.binance.com:9443/ws/btcusdc@trade",
  ])("of Node's own watches %s", async (url) => {
    const socket = new WebSocket(url);
    ends.push(() => {
      socket.close();
    });
    const text = await new Promise<string>((resolve, reject) => {
      socket.addEventListener("message", ({ data }) => {
        resolve(String(data));
      });
      socket.addEventListener("error", () => {
        reject(new Error(`no connection to ${url}`));
      });
    });
    expect(JSON.parse(text)).toMatchObject({ e: "trade" });
  });
});
