import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { Fills } from "../../binance/market/fills.ts";
import { trader } from "./orders/support.ts";
import { bodyOf, type Emulator, makeKey, startEmulator } from "./support/emulator.ts";
import { startAndConnect } from "./support/socket-client.ts";

const minute = 60_000;
/** As long as the clock is a minute ahead, what tests send is a minute old. */
const old = "recvWindow=60000";
const order = z.looseObject({ orderId: z.number(), transactTime: z.number() });
const filled = z.looseObject({
  transactTime: z.number(),
  fills: z.array(z.looseObject({ tradeId: z.number() })),
});
const futuresOrder = z.looseObject({ orderId: z.number(), updateTime: z.number() });
const trades = z.array(z.looseObject({ id: z.number(), time: z.number() }));

/** The symbol's price, multiplied. */
async function priceTimes(
  { control }: Emulator,
  symbol: string,
  factor: number,
  places: number,
): Promise<string> {
  return (Number((await control.price(symbol)).price) * factor).toFixed(places);
}

describe("after the clock was set ahead and back", () => {
  test("an order is placed now, and filled when the price reaches it", async () => {
    const { emulator, body } = await trader();
    const { control, clock } = emulator;
    const limit = "symbol=BTCUSDC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=";
    await control.setClockOffset(minute);
    const price = await priceTimes(emulator, "BTCUSDC", 0.99, 2);
    const before = order.parse(await body("POST", "/order", `${limit}${price}&${old}`));
    await control.setClockOffset(0);
    const { orderId, transactTime } = order.parse(await body("POST", "/order", `${limit}${price}`));
    expect(transactTime).toBe(clock.now().getTime());
    expect(orderId).toBe(before.orderId + 1);
    await control.movePrice("BTCUSDC", await priceTimes(emulator, "BTCUSDC", 0.97, 2));
    clock.advance(200);
    for (const id of [orderId, before.orderId]) {
      expect(await body("GET", "/order", `symbol=BTCUSDC&orderId=${id}`)).toMatchObject({ status: "FILLED" });
    }
  });

  test("an order is filled at once, and its trades are shown", async () => {
    const { emulator, body } = await trader();
    const { control, clock } = emulator;
    const buy = "symbol=BTCUSDC&side=BUY&type=MARKET&quantity=0.001&newOrderRespType=FULL";
    await control.setClockOffset(minute);
    const early = filled.parse(await body("POST", "/order", `${buy}&${old}`));
    await control.setClockOffset(0);
    const late = filled.parse(await body("POST", "/order", buy));
    const now = clock.now().getTime();
    expect([early.transactTime, late.transactTime]).toEqual([now + minute, now]);
    const own = late.fills.map(({ tradeId }) => tradeId);
    const range = `symbol=BTCUSDC&startTime=${now - 1000}&endTime=${now}`;
    expect(trades.parse(await body("GET", "/myTrades", range)).map(({ id }) => id)).toEqual(own);
    expect(await body("GET", "/myTrades", "symbol=BTCUSDC")).toHaveLength(early.fills.length + own.length);
    const shown = trades.parse(
      bodyOf(await emulator.send("/api/v3/trades", { query: "symbol=BTCUSDC&limit=10" })),
    );
    const ids = shown.map(({ id }) => id);
    expect(ids.slice(-own.length)).toEqual(own);
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
    expect(shown.at(-1)?.time).toBe(now);
  });

  test("futures are traded now", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator, { permissions: ["reading", "futures"], whitelist: ["127.0.0.1"] });
    const { control, clock } = emulator;
    const send = async (method: string, query: string) =>
      futuresOrder.parse(bodyOf(await emulator.sendSigned("/fapi/v1/order", key, { method, query })));
    const limit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.002&price=";
    await control.setClockOffset(minute);
    const price = await priceTimes(emulator, "BTCUSDT", 0.99, 1);
    await send("POST", `${limit}${price}&${old}`);
    await control.setClockOffset(0);
    const { orderId, updateTime } = await send("POST", `${limit}${price}`);
    expect(updateTime).toBe(clock.now().getTime());
    await control.movePrice("BTCUSDT", await priceTimes(emulator, "BTCUSDT", 0.97, 1));
    clock.advance(200);
    for (const id of [orderId, orderId - 1]) {
      expect(await send("GET", `symbol=BTCUSDT&orderId=${id}`)).toMatchObject({ status: "FILLED" });
    }
  });

  test.each(["trade", "depth@100ms"])("the stream @%s goes on", async (stream) => {
    const { emulator, socket } = await startAndConnect(`/ws/btcusdt@${stream}`);
    await emulator.control.setClockOffset(30_000);
    emulator.clock.advance(100);
    expect(Number((await socket.nextObject()).E)).toBe(emulator.clock.now().getTime() + 30_000);
    await emulator.control.setClockOffset(0);
    emulator.clock.advance(100);
    // The answer comes after the stream has begun again.
    await emulator.control.sockets();
    emulator.clock.advance(100);
    const now = emulator.clock.now().getTime();
    let event = await socket.nextObject();
    while (Number(event.E) > now) {
      event = await socket.nextObject();
    }
    expect(event.E).toBe(now);
  });
});

test("the id of a fill that was forgotten isn't used for another fill", () => {
  const fills = new Fills();
  const fill = { time: 10_000, price: 1n, quantity: 1n, isBuyerMaker: false };
  const { id } = fills.record(fill);
  fills.forgetAfter(5000);
  fills.record({ ...fill, time: 5100 });
  // The slot before has one id less, and one more because of the other fill.
  expect(fills.record({ ...fill, time: 9900 }).id).toBe(id + 1);
  expect(fills.countBefore(20_000)).toBe(3);
});
