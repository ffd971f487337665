import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { logOn, signed } from "../support/api-socket.ts";
import { bodyOf, type Emulator, makeKey } from "../support/emulator.ts";
import type { Signing } from "../support/signing.ts";
import { connect, type SocketClient, startAndConnect } from "../support/socket-client.ts";

/** A request for the events of the key that has logged on. */
const subscribe = { id: "subscribe", method: "userDataStream.subscribe" };
/** An event, as a subscription gets it. */
const userEvent = z.object({ subscriptionId: z.number(), event: z.looseObject({ e: z.string() }) });

/** A session that gets the account's events, and trades over the same connection. */
async function startTrading() {
  const { emulator, socket } = await startAndConnect("/ws-api/v3?returnRateLimits=false");
  const key = await logOn(emulator, socket);
  expect(await socket.ask(subscribe)).toEqual({
    id: "subscribe",
    status: 200,
    result: { subscriptionId: 0 },
  });
  return { emulator, socket, key };
}

/** The events that come, until this many. */
async function eventsOf(socket: SocketClient, count: number) {
  const events = [];
  for (let index = 0; index < count; index += 1) {
    events.push(userEvent.parse(await socket.next()).event);
  }
  return events;
}

/** Places an order over REST. @returns its id */
async function place(emulator: Emulator, key: Signing, query: string): Promise<number> {
  const answer = await emulator.sendSigned("/api/v3/order", key, { method: "POST", query });
  return z.object({ orderId: z.number() }).parse(bodyOf(answer)).orderId;
}

const market = "symbol=BTCUSDC&side=BUY&type=MARKET&quantity=0.001";
const limit = "symbol=BTCUSDC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=80000";

/** The rest of a list: it buys at 80,000, and then sells at 85,000. */
const oto = [
  "workingTimeInForce=GTC&workingPrice=80000&workingQuantity=0.001",
  "pendingType=LIMIT&pendingSide=SELL&pendingTimeInForce=GTC&pendingPrice=85000&pendingQuantity=0.0009",
].join("&");

describe("the user data stream", () => {
  test("shows an order that is filled, with its balances, before or after the answer", async () => {
    const { emulator, socket } = await startTrading();
    const params = {
      ...{ symbol: "BTCUSDC", side: "BUY", type: "MARKET", quantity: "0.001", newClientOrderId: "mine" },
      timestamp: emulator.clock.now().getTime(),
    };
    socket.send({ id: "order", method: "order.place", params });
    const messages = [await socket.next(), await socket.next(), await socket.next(), await socket.next()];
    const now = emulator.clock.now().getTime();
    const order = {
      e: "executionReport",
      E: now,
      s: "BTCUSDC",
      c: "mine",
      S: "BUY",
      o: "MARKET",
      q: "0.00100000",
    };
    expect(messages).toEqual([
      { subscriptionId: 0, event: expect.objectContaining({ ...order, x: "NEW", X: "NEW", t: -1 }) },
      {
        subscriptionId: 0,
        event: expect.objectContaining({ ...order, x: "TRADE", X: "FILLED", z: "0.00100000" }),
      },
      {
        subscriptionId: 0,
        event: {
          e: "outboundAccountPosition",
          E: now,
          u: now,
          B: expect.arrayContaining([{ a: "BTC", f: expect.stringMatching(/^0\.0509/), l: "0.00000000" }]),
        },
      },
      {
        id: "order",
        status: 200,
        result: expect.objectContaining({ status: "FILLED", clientOrderId: "mine" }),
      },
    ]);
  });

  test("shows a fill when the market reaches the order's price, and nobody asks", async () => {
    const { emulator, socket, key } = await startTrading();
    const { bids } = z
      .object({ bids: z.array(z.tuple([z.string(), z.string()])) })
      .parse(bodyOf(await emulator.send("/api/v3/depth", { query: "symbol=BTCUSDC&limit=5" })));
    const price = bids[4]?.[0] ?? "";
    const id = await place(emulator, key, limit.replace("80000", price));
    expect(await eventsOf(socket, 2)).toMatchObject([
      { x: "NEW", i: id, p: price },
      { e: "outboundAccountPosition" },
    ]);
    while (socket.unread === 0) {
      emulator.clock.advance(100);
      // An answer, so that what was sent before it has arrived.
      await emulator.control.sockets();
    }
    expect(userEvent.parse(await socket.next()).event).toMatchObject({
      x: "TRADE",
      i: id,
      m: true,
      L: price,
    });
  });

  test("shows an order that places another one when the market fills it, and nobody asks", async () => {
    const { emulator, socket, key } = await startTrading();
    const sides = { method: "POST", query: `symbol=BTCUSDC&workingType=LIMIT&workingSide=BUY&${oto}` };
    bodyOf(await emulator.sendSigned("/api/v3/orderList/oto", key, sides));
    expect(await eventsOf(socket, 4)).toMatchObject([
      { e: "listStatus", c: "OTO", L: "EXECUTING" },
      { x: "NEW", X: "NEW", S: "BUY" },
      { x: "NEW", X: "PENDING_NEW", S: "SELL" },
      { e: "outboundAccountPosition" },
    ]);
    await emulator.control.pinPrice("BTCUSDC", "79000");
    const events = [];
    while (events.length < 6) {
      emulator.clock.advance(100);
      await emulator.control.sockets();
      events.push(...(await eventsOf(socket, socket.unread)));
      if (events.length === 3) {
        await emulator.control.pinPrice("BTCUSDC", "86000");
      }
    }
    expect(events).toMatchObject([
      { x: "TRADE", X: "FILLED", S: "BUY", L: "80000.00000000" },
      { x: "NEW", X: "NEW", S: "SELL", w: true },
      { e: "outboundAccountPosition" },
      { x: "TRADE", X: "FILLED", S: "SELL", L: "85000.00000000" },
      { e: "listStatus", L: "ALL_DONE" },
      { e: "outboundAccountPosition" },
    ]);
  });

  test("shows a fill by control, a cancellation, a deposit and an order list", async () => {
    const { emulator, socket, key } = await startTrading();
    const id = await place(emulator, key, limit);
    await emulator.control.fillOrder(id, { quantity: "0.0004" });
    await emulator.sendSigned("/api/v3/order", key, {
      method: "DELETE",
      query: `symbol=BTCUSDC&orderId=${id}`,
    });
    await emulator.control.transfer({ kind: "deposit", asset: "BNB", amount: "1.5" });
    const events = await eventsOf(socket, 7);
    expect(events).toMatchObject([
      { x: "NEW", X: "NEW", i: id },
      { e: "outboundAccountPosition" },
      { x: "TRADE", X: "PARTIALLY_FILLED", i: id, l: "0.00040000" },
      { e: "outboundAccountPosition" },
      { x: "CANCELED", X: "CANCELED", i: id },
      { e: "outboundAccountPosition" },
      { e: "balanceUpdate", a: "BNB", d: "1.50000000" },
    ]);
  });

  test("goes to sessions of any key, once for each connection", async () => {
    const { emulator, socket, key } = await startTrading();
    expect(await socket.ask(subscribe)).toMatchObject({
      status: 400,
      error: { code: -2035, msg: "User Data Stream subscription already active." },
    });
    const other = await connect(emulator, "/ws-api/v3?returnRateLimits=false&timeUnit=MICROSECOND");
    const hmac = await makeKey(emulator, { label: "other" });
    const bySignature = { id: 1, method: "userDataStream.subscribe.signature" };
    expect(await other.ask({ ...bySignature, params: signed(emulator, hmac) })).toEqual({
      id: 1,
      status: 200,
      result: { subscriptionId: 0 },
    });
    expect(await other.ask({ id: 2, method: "session.subscriptions" })).toMatchObject({
      result: [{ subscriptionId: 0 }],
    });
    expect(await other.ask({ id: 3, method: "session.status" })).toMatchObject({
      result: { apiKey: null, userDataStream: true },
    });
    await place(emulator, key, market);
    const now = emulator.clock.now().getTime();
    expect(await socket.next()).toMatchObject({ event: { x: "NEW", E: now, T: now } });
    expect(await other.next()).toMatchObject({ event: { x: "NEW", E: now * 1000, T: now * 1000, t: -1 } });
  });

  test("needs a logon", async () => {
    const { socket } = await startAndConnect("/ws-api/v3");
    expect(await socket.ask(subscribe)).toMatchObject({ status: 401, error: { code: -1002 } });
  });

  test("ends on request", async () => {
    const { emulator, socket, key } = await startTrading();
    const unsubscribe = { id: 1, method: "userDataStream.unsubscribe" };
    expect(await socket.ask({ ...unsubscribe, params: { subscriptionId: 7 } })).toMatchObject({
      error: { code: -2036, msg: "User Data Stream subscription not active." },
    });
    const terminated = {
      subscriptionId: 0,
      event: { e: "eventStreamTerminated", E: emulator.clock.now().getTime() },
    };
    expect(await socket.ask({ ...unsubscribe, params: { subscriptionId: 0 } })).toEqual(terminated);
    expect(await socket.next()).toEqual({ id: 1, status: 200, result: {} });
    await place(emulator, key, market);
    expect(await socket.ask({ id: 2, method: "ping" })).toMatchObject({ id: 2 });
    expect(await socket.ask(subscribe)).toMatchObject({ result: { subscriptionId: 1 } });
    expect(await socket.ask({ id: 3, method: "session.logout" })).toMatchObject({ subscriptionId: 1 });
    expect(await socket.next()).toMatchObject({ id: 3, result: { userDataStream: false } });
  });

  test("of a signature stays after a logout", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const key = await logOn(emulator, socket);
    await socket.ask({
      id: 1,
      method: "userDataStream.subscribe.signature",
      params: signed(emulator, key),
    });
    expect(await socket.ask({ id: 2, method: "session.logout" })).toMatchObject({
      result: { userDataStream: true },
    });
  });

  test("ends when its key is deleted, instead of the next event", async () => {
    const { emulator, socket, key } = await startTrading();
    const other = await makeKey(emulator, { label: "other" });
    await emulator.control.deleteKey(key.apiKey);
    await place(emulator, other, market);
    expect(await socket.next()).toMatchObject({ event: { e: "eventStreamTerminated" } });
    expect(await socket.ask({ id: 1, method: "session.status" })).toMatchObject({
      result: { userDataStream: false },
    });
  });

  test("is late on command", async () => {
    const { emulator, socket, key } = await startTrading();
    await emulator.control.changeSockets({ kind: "delay-events", milliseconds: 5000 });
    await place(emulator, key, market);
    emulator.clock.advance(4999);
    expect(await socket.ask({ id: 1, method: "ping" })).toMatchObject({ id: 1 });
    emulator.clock.advance(1);
    const sent = Date.parse("2026-11-23T12:00:00Z");
    expect(await eventsOf(socket, 3)).toMatchObject([{ x: "NEW", E: sent }, { x: "TRADE" }, { E: sent }]);
  });
});
