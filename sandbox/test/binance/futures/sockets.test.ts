import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { makeEd25519Key, signed } from "../support/api-socket.ts";
import { bodyOf, makeKey, startEmulator } from "../support/emulator.ts";
import { makePair } from "../support/signing.ts";
import { connect, refusal, startAndConnect } from "../support/socket-client.ts";

async function withListenKey() {
  const emulator = await startEmulator();
  const key = await makeKey(emulator, { permissions: ["reading", "futures"] });
  const sent = { method: "POST", headers: { "x-mbx-apikey": key.apiKey } };
  const { listenKey } = z
    .object({ listenKey: z.string() })
    .parse(bodyOf(await emulator.send("/fapi/v1/listenKey", sent)));
  const place = (query: string) =>
    emulator.sendSigned("/fapi/v1/order", key, { method: "POST", query: `symbol=BTCUSDT&${query}` });
  return { emulator, key, listenKey, place };
}

describe("streams of futures", () => {
  test("have unbroken update ids that fit the snapshot", async () => {
    const { emulator, socket } = await startAndConnect("/public/ws/btcusdt@depth@100ms");
    let last: unknown;
    for (let count = 0; count < 20; count += 1) {
      emulator.clock.advance(100);
      const event = await socket.nextObject();
      expect(event).toMatchObject({ e: "depthUpdate", s: "BTCUSDT", T: expect.any(Number) });
      expect(event.pu).toBe(last ?? event.pu);
      last = event.u;
    }
    const query = "symbol=BTCUSDT&limit=1000";
    expect(bodyOf(await emulator.send("/fapi/v1/depth", { query }))).toMatchObject({ lastUpdateId: last });
  });

  test("have the digits of the snapshot, by whose text a client finds a level", async () => {
    const names = ["btcusdt@depth5@100ms", "btcusdt@bookTicker"];
    const { emulator, socket } = await startAndConnect(`/public/stream?streams=${names.join("/")}`);
    emulator.clock.advance(100);
    const query = "symbol=BTCUSDT&limit=5";
    const { bids, asks } = z
      .object({ bids: z.array(z.unknown()), asks: z.array(z.unknown()) })
      .parse(bodyOf(await emulator.send("/fapi/v1/depth", { query })));
    expect(bids[0]).toEqual([expect.stringMatching(/\.\d\d$/), expect.stringMatching(/\.\d{3}$/)]);
    expect(await socket.nextObject()).toMatchObject({ data: { b: bids, a: asks } });
    const { data } = z.object({ data: z.record(z.string(), z.unknown()) }).parse(await socket.nextObject());
    expect([data.b, data.B]).toEqual(bids[0]);
    expect([data.a, data.A]).toEqual(asks[0]);
  });

  test("of a pair have only the continuous candles of its contract type", async () => {
    const { socket } = await startAndConnect("/public/ws");
    const params = ["btcusdt_perpetual@depth"];
    expect(await socket.ask({ method: "SUBSCRIBE", params, id: 1 })).toMatchObject({
      error: { msg: "Invalid request: invalid stream" },
    });
  });

  test("have their own names", async () => {
    const names = ["btcusdt@markPrice@1s", "!markPrice@arr@1s", "btcusdt_perpetual@continuousKline_1m"];
    const { emulator, socket } = await startAndConnect(`/market/stream?streams=${names.join("/")}`);
    emulator.clock.advance(2000);
    const events = [await socket.nextObject(), await socket.nextObject(), await socket.nextObject()];
    expect(new Map(events.map(({ stream, data }) => [stream, data]))).toEqual(
      new Map<string, unknown>([
        [names[0] ?? "", expect.objectContaining({ e: "markPriceUpdate", r: "0.00010000" })],
        [names[1] ?? "", expect.arrayContaining([expect.objectContaining({ s: "ETHUSDT" })])],
        [names[2] ?? "", expect.objectContaining({ e: "continuous_kline", ps: "BTCUSDT" })],
      ]),
    );
    expect(emulator.reported).toEqual([]);
  });

  test("of another category have no events, and the log shows it", async () => {
    const { emulator } = await startAndConnect("/public/ws/btcusdt@markPrice");
    expect(emulator.reported).toEqual([
      "no events: the stream btcusdt@markPrice is at /market, not at /public",
    ]);
  });

  test("can be changed by ten messages a second", async () => {
    const { socket } = await startAndConnect("/market/ws");
    const list = (id: number) => ({ method: "LIST_SUBSCRIPTIONS", id });
    for (let id = 1; id <= 10; id += 1) {
      expect(await socket.ask(list(id))).toEqual({ result: [], id });
    }
    socket.send(list(11));
    expect(await socket.closed()).toBe("1008 Too many requests");
  });

  test("aren't at the paths that ended in April 2026", async () => {
    const emulator = await startEmulator();
    const headers = { host: "fstream.binance.com" };
    expect(await refusal(emulator, "/ws/btcusdt@trade", { headers })).toMatch("404");
    expect(await refusal(emulator, "/public/ws/btcusdt@depth", { headers })).toBe("open");
    expect(await refusal(emulator, "/public/ws", { headers: { host: "stream.binance.com" } })).toMatch("404");
  });
});

describe("the account's stream", () => {
  test("shows a fill, the position and the wallet, and ends with the listen key", async () => {
    const { emulator, listenKey, place } = await withListenKey();
    const socket = await connect(emulator, `/private/ws?listenKey=${listenKey}`);
    bodyOf(await place("side=BUY&type=MARKET&quantity=0.01"));
    expect(await socket.next()).toMatchObject({ e: "ORDER_TRADE_UPDATE", o: { x: "NEW", z: "0.000" } });
    expect(await socket.next()).toMatchObject({
      ...{ e: "ACCOUNT_UPDATE" },
      a: { m: "ORDER", B: [{ a: "USDT" }], P: [{ s: "BTCUSDT", pa: "0.01000000" }] },
    });
    expect(await socket.next()).toMatchObject({
      ...{ e: "ORDER_TRADE_UPDATE" },
      o: { x: "TRADE", X: "FILLED", N: "USDT", m: false },
    });
    emulator.clock.advance(3_600_000);
    expect(await socket.next()).toMatchObject({ e: "listenKeyExpired", listenKey });
  });

  test("can be subscribed to and left, as Binance's own client does", async () => {
    const { emulator, listenKey, place } = await withListenKey();
    const socket = await connect(emulator, "/private/stream");
    const subscribe = { method: "SUBSCRIBE", params: [listenKey], id: 1 };
    expect(await socket.ask(subscribe)).toEqual({ result: null, id: 1 });
    expect(await emulator.control.sockets()).toMatchObject([{ streams: ["[redacted]"] }]);
    bodyOf(await place("side=BUY&type=LIMIT&timeInForce=GTC&price=70000&quantity=0.01"));
    expect(await socket.next()).toMatchObject({ stream: listenKey, data: { e: "ORDER_TRADE_UPDATE" } });
    expect(await socket.ask({ ...subscribe, method: "UNSUBSCRIBE", id: 2 })).toEqual({ result: null, id: 2 });
    bodyOf(await place("side=BUY&type=LIMIT&timeInForce=GTC&price=70000&quantity=0.01"));
    expect(await socket.ask({ method: "LIST_SUBSCRIPTIONS", id: 3 })).toEqual({ result: [], id: 3 });
  });

  test("shows only the events that the client wants", async () => {
    const { emulator, listenKey, place } = await withListenKey();
    const socket = await connect(emulator, `/private/stream?listenKey=${listenKey}&events=ACCOUNT_UPDATE`);
    bodyOf(await place("side=BUY&type=MARKET&quantity=0.01"));
    bodyOf(await place("side=SELL&type=MARKET&quantity=0.01"));
    expect(await socket.next()).toMatchObject({ stream: listenKey, data: { e: "ACCOUNT_UPDATE" } });
    expect(await socket.next()).toMatchObject({ data: { a: { P: [{ s: "BTCUSDT", pa: "0.00000000" }] } } });
  });

  test("shows a resting order's fill when the market gets there", async () => {
    const { emulator, listenKey, place } = await withListenKey();
    await emulator.control.pinPrice("BTCUSDT", "90000");
    emulator.clock.advance(200);
    const socket = await connect(emulator, `/private/ws/${listenKey}`);
    bodyOf(await place("side=BUY&type=LIMIT&timeInForce=GTC&price=89000&quantity=0.01"));
    expect(await socket.next()).toMatchObject({ o: { x: "NEW" } });
    await emulator.control.pinPrice("BTCUSDT", "88000");
    emulator.clock.advance(200);
    expect(await socket.next()).toMatchObject({ e: "ACCOUNT_UPDATE" });
    expect(await socket.next()).toMatchObject({ o: { x: "TRADE", L: "89000.00", m: true } });
  });
});

describe("the WebSocket API of futures", () => {
  test("places, queries and cancels orders after a logon", async () => {
    const { emulator, socket } = await startAndConnect("/ws-fapi/v1");
    const { publicKey, privateKey } = makePair("ed25519");
    const permissions = ["reading", "futures"];
    const { apiKey } = await makeKey(emulator, { type: "ed25519", publicKey, permissions });
    const key = { apiKey, signWith: privateKey };
    const logon = { id: 1, method: "session.logon", params: signed(emulator, key) };
    expect(await socket.ask(logon)).toMatchObject({ status: 200, result: { apiKey } });
    const timestamp = emulator.clock.now().getTime();
    const market = { symbol: "BTCUSDT", timestamp };
    const order = {
      ...market,
      side: "BUY",
      type: "LIMIT",
      timeInForce: "GTC",
      quantity: "0.01",
      price: "80000",
    };
    const placed = z
      .object({ result: z.object({ orderId: z.int() }), rateLimits: z.array(z.object({ limit: z.int() })) })
      .parse(await socket.ask({ id: 2, method: "order.place", params: order }));
    expect(placed.rateLimits).toEqual([{ limit: 300 }, { limit: 1200 }, { limit: 2400 }]);
    const { orderId } = placed.result;
    const status = { id: 3, method: "order.status", params: { ...market, orderId } };
    expect(await socket.ask(status)).toMatchObject({ result: { orderId, status: "NEW" } });
    const cancel = { id: 4, method: "order.cancel", params: { ...market, orderId } };
    expect(await socket.ask(cancel)).toMatchObject({ result: { status: "CANCELED" } });
    expect(await socket.ask({ id: 5, method: "v2/account.balance", params: { timestamp } })).toMatchObject({
      result: [{ asset: "USDT", balance: "1000.00000000" }],
    });
    expect(emulator.reported).toEqual([]);
  });

  test("has no subscriptions, but listen keys", async () => {
    const { emulator, socket } = await startAndConnect("/ws-fapi/v1");
    const key = await makeEd25519Key(emulator);
    const start = { id: 1, method: "userDataStream.start", params: { apiKey: key.apiKey } };
    expect(await socket.ask(start)).toMatchObject({ result: { listenKey: expect.any(String) } });
    const subscribe = { id: 2, method: "userDataStream.subscribe.signature", params: signed(emulator, key) };
    expect(await socket.ask(subscribe)).toMatchObject({ status: 400, error: { code: -1020 } });
  });
});
