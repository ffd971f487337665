import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { bodyOf } from "../support/emulator.ts";
import { connect, type SocketClient, startAndConnect } from "../support/socket-client.ts";

const second = 1000;
const decimal = expect.stringMatching(/^\d+\.\d{8}$/);

/** The next events of a stream, one step of the clock each. */
async function eventsOf(
  { emulator, socket }: { emulator: { clock: { advance(ms: number): void } }; socket: SocketClient },
  count: number,
  step: number,
): Promise<Record<string, unknown>[]> {
  const events: Record<string, unknown>[] = [];
  for (let index = 0; index < count; index += 1) {
    emulator.clock.advance(step);
    events.push(await socket.nextObject());
  }
  return events;
}

describe("trades", () => {
  test("have unbroken ids, and are those of the REST API", async () => {
    const started = await startAndConnect("/ws/btcusdt@trade");
    const events = await eventsOf(started, 20, 100);
    const trades = bodyOf(
      await started.emulator.send("/api/v3/trades", { query: "symbol=BTCUSDT&limit=20" }),
    );
    expect(trades).toMatchObject(
      events.map(({ t, p, q, T, m }) => ({ id: t, price: p, qty: q, time: T, isBuyerMaker: m })),
    );
    expect(events[0]).toEqual({
      e: "trade",
      E: Date.parse("2026-11-23T12:00:00.100Z"),
      s: "BTCUSDT",
      t: expect.any(Number),
      p: decimal,
      q: decimal,
      T: Date.parse("2026-11-23T12:00:00.100Z"),
      m: expect.any(Boolean),
      M: true,
    });
    const ids = z.array(z.number()).parse(events.map(({ t }) => t));
    expect(ids).toEqual(ids.map((_, index) => (ids[0] ?? 0) + index));
  });

  test("that were missed in a pause come together", async () => {
    const { emulator, socket } = await startAndConnect("/ws/btcusdt@aggTrade");
    emulator.clock.advance(second);
    const first = await socket.nextObject();
    for (let index = 1; index < 10; index += 1) {
      expect(await socket.next()).toMatchObject({ e: "aggTrade", a: Number(first.a) + index });
    }
    expect(socket.unread).toBe(0);
  });
});

describe("klines", () => {
  test("of a minute are closed at its end, and are those of the REST API", async () => {
    const started = await startAndConnect("/ws/ethusdc@kline_1m");
    const events = await eventsOf(started, 31, 2 * second);
    const klines = z.array(z.object({ k: z.looseObject({ t: z.number(), x: z.boolean() }) })).parse(events);
    expect(klines.map(({ k }) => k.x)).toEqual([...Array.from({ length: 29 }, () => false), true, false]);
    const closed = klines[29]?.k;
    const [kline] = z.array(z.array(z.unknown())).parse(
      bodyOf(
        await started.emulator.send("/api/v3/klines", {
          query: `symbol=ETHUSDC&interval=1m&startTime=${closed?.t ?? 0}&limit=1`,
        }),
      ),
    );
    const names = ["t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q"];
    expect(names.map((name) => closed?.[name])).toEqual(kline?.slice(0, 11));
  });

  test("that ended while the clock jumped are sent first", async () => {
    const { emulator, socket } = await startAndConnect("/ws/btcusdt@kline_1m");
    emulator.clock.advance(2 * second);
    const first = Date.parse("2026-11-23T12:00:00Z");
    expect(await socket.next()).toMatchObject({ k: { t: first, x: false } });
    emulator.clock.advance(122 * second);
    expect(await socket.next()).toMatchObject({ E: first + 60_000, k: { t: first, x: true } });
    expect(await socket.next()).toMatchObject({ E: first + 120_000, k: { t: first + 60_000, x: true } });
    expect(await socket.next()).toMatchObject({ E: first + 124_000, k: { t: first + 120_000, x: false } });
  });

  test("of a second are all closed", async () => {
    const started = await startAndConnect("/ws/btcusdt@kline_1s");
    const events = await eventsOf(started, 3, second);
    expect(events).toMatchObject([{ k: { x: true, n: 10 } }, { k: { x: true } }, { k: { x: true } }]);
  });

  test("of other time zones begin at other times", async () => {
    const { emulator, socket } = await startAndConnect("/ws");
    await socket.ask({ method: "SUBSCRIBE", params: ["btcusdt@kline_1d@+08:00"], id: 1 });
    emulator.clock.advance(2 * second);
    expect(await socket.next()).toMatchObject({
      e: "kline",
      k: { i: "1d", t: Date.parse("2026-11-22T16:00:00Z"), T: Date.parse("2026-11-23T16:00:00Z") - 1 },
    });
  });
});

describe("tickers", () => {
  test("are those of the REST API", async () => {
    const { emulator, socket } = await startAndConnect("/ws/btcusdt@ticker");
    emulator.clock.advance(second);
    const event = await socket.nextObject();
    const rest = z
      .record(z.string(), z.unknown())
      .parse(bodyOf(await emulator.send("/api/v3/ticker/24hr", { query: "symbol=BTCUSDT" })));
    const fields = {
      ...{
        s: "symbol",
        p: "priceChange",
        P: "priceChangePercent",
        w: "weightedAvgPrice",
        x: "prevClosePrice",
      },
      ...{ c: "lastPrice", Q: "lastQty", b: "bidPrice", B: "bidQty", a: "askPrice", A: "askQty" },
      ...{ o: "openPrice", h: "highPrice", l: "lowPrice", v: "volume", q: "quoteVolume" },
      ...{ O: "openTime", C: "closeTime", F: "firstId", L: "lastId", n: "count" },
    };
    for (const [short, long] of Object.entries(fields)) {
      expect({ [long]: event[short] }).toEqual({ [long]: rest[long] });
    }
    expect(Object.keys(event).sort()).toEqual(["e", "E", ...Object.keys(fields)].sort());
  });

  test("of a window begin with a minute", async () => {
    const { emulator, socket } = await startAndConnect("/ws/btcusdt@ticker_4h");
    emulator.clock.advance(31 * second);
    expect(await socket.next()).toMatchObject({
      e: "4hTicker",
      s: "BTCUSDT",
      O: Date.parse("2026-11-23T08:00:00Z"),
      C: Date.parse("2026-11-23T12:00:31Z"),
    });
  });

  test("of all symbols come in one array", async () => {
    const { emulator, socket } = await startAndConnect("/stream?streams=!miniTicker@arr/!ticker_1h@arr");
    emulator.clock.advance(second);
    const event = { s: "BTCUSDT", c: decimal, o: decimal, h: decimal, l: decimal, v: decimal, q: decimal };
    expect(await socket.next()).toEqual({
      stream: "!miniTicker@arr",
      data: expect.arrayContaining([{ e: "24hrMiniTicker", E: emulator.clock.now().getTime(), ...event }]),
    });
    expect(await socket.next()).toMatchObject({
      stream: "!ticker_1h@arr",
      data: expect.arrayContaining([expect.objectContaining({ e: "1hTicker", ...event })]),
    });
  });

  test("of the book come only with changes", async () => {
    const started = await startAndConnect("/ws/btcusdt@bookTicker");
    started.emulator.clock.advance(100);
    expect(await started.socket.next()).toEqual({
      u: expect.any(Number),
      s: "BTCUSDT",
      b: decimal,
      B: decimal,
      a: decimal,
      A: decimal,
    });
  });

  test("of the average price", async () => {
    const { emulator, socket } = await startAndConnect("/ws/btcusdt@avgPrice");
    emulator.clock.advance(second);
    const now = emulator.clock.now().getTime();
    const rest = z
      .object({ price: z.string(), closeTime: z.number() })
      .parse(bodyOf(await emulator.send("/api/v3/avgPrice", { query: "symbol=BTCUSDT" })));
    expect(await socket.next()).toEqual({
      e: "avgPrice",
      E: now,
      s: "BTCUSDT",
      i: "5m",
      w: rest.price,
      T: rest.closeTime,
    });
  });
});

test("times are in microseconds if the client wants that", async () => {
  const { emulator } = await startAndConnect("/ws");
  const socket = await connect(
    emulator,
    "/stream?streams=btcusdt@trade/btcusdt@kline_1s&timeUnit=microsecond",
  );
  emulator.clock.advance(second);
  const time = emulator.clock.now().getTime();
  expect(await socket.next()).toMatchObject({ data: { e: "trade", E: time * 1000, T: (time - 900) * 1000 } });
  while (socket.unread > 1) {
    await socket.next();
  }
  expect(await socket.next()).toMatchObject({
    data: { e: "kline", E: time * 1000, k: { t: (time - 1000) * 1000, T: (time - 1) * 1000 } },
  });
});
