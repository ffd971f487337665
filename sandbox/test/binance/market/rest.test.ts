import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { bodyOf, type Emulator, errorIn, makeKey, startEmulator } from "../support/emulator.ts";

async function read(emulator: Emulator, path: string, query = ""): Promise<unknown> {
  return bodyOf(await emulator.send(path, { query }));
}

async function refusal(emulator: Emulator, path: string, query = ""): Promise<string> {
  return errorIn(await emulator.send(path, { query }));
}

const trades = z.array(z.object({ id: z.int(), price: z.string(), qty: z.string(), time: z.int() }));
const aggregates = z.array(z.object({ a: z.int(), p: z.string(), q: z.string(), T: z.int() }));
const kline = z.array(z.union([z.string(), z.number()])).length(12);
const book = z.object({
  lastUpdateId: z.int(),
  bids: z.array(z.array(z.string())),
  asks: z.array(z.array(z.string())),
});
const encoded = (names: string[]) => encodeURIComponent(JSON.stringify(names));

describe("exchangeInfo", () => {
  const info = z.object({
    symbols: z.array(z.object({ symbol: z.string(), permissionSets: z.array(z.array(z.string())) })),
  });
  const symbols = async (emulator: Emulator, query: string) =>
    info.parse(await read(emulator, "/api/v3/exchangeInfo", query)).symbols;

  test("shows every filter with Binance's names", async () => {
    const body = await read(await startEmulator(), "/api/v3/exchangeInfo", "symbol=BNBBTC");
    expect(body).toMatchObject({
      symbols: [
        {
          filters: [
            { filterType: "PRICE_FILTER", minPrice: "0.00000100", tickSize: "0.00000100" },
            { filterType: "LOT_SIZE", minQty: "0.00100000", stepSize: "0.00100000" },
            { filterType: "ICEBERG_PARTS", limit: 100 },
            { filterType: "MARKET_LOT_SIZE", minQty: "0.00000000", stepSize: "0.00000000" },
            { filterType: "TRAILING_DELTA", minTrailingAboveDelta: 10 },
            { filterType: "PERCENT_PRICE_BY_SIDE", bidMultiplierUp: "5", askMultiplierDown: "0.2" },
            { filterType: "NOTIONAL", minNotional: "0.00010000", applyMinToMarket: true },
            { filterType: "MAX_NUM_ORDERS", maxNumOrders: 200 },
            { filterType: "MAX_NUM_ORDER_LISTS", maxNumOrderLists: 20 },
            { filterType: "MAX_NUM_ALGO_ORDERS", maxNumAlgoOrders: 5 },
            { filterType: "MAX_NUM_ORDER_AMENDS", maxNumOrderAmends: 10 },
          ],
        },
      ],
    });
  });

  test("can be limited by permissions and status", async () => {
    const emulator = await startEmulator();
    const all = await symbols(emulator, "");
    expect(all.map(({ symbol }) => symbol)).toEqual(
      expect.arrayContaining(["BTCUSDC", "BTCUSDT", "ETHUSDC", "ETHUSDT", "ETHBTC", "BNBUSDC", "BNBBTC"]),
    );
    expect(await symbols(emulator, "permissions=SPOT")).toHaveLength(all.length);
    expect(await symbols(emulator, `permissions=${encoded(["MARGIN", "LEVERAGED"])}`)).toEqual([]);
    expect((await symbols(emulator, "showPermissionSets=false"))[0]?.permissionSets).toEqual([]);
    await emulator.control.setTrading("BTCUSDT", false);
    expect(await symbols(emulator, "symbolStatus=BREAK")).toMatchObject([{ symbol: "BTCUSDT" }]);
  });

  test.each([
    ["symbol=BTCUSDT&permissions=SPOT", "-1128 Combination of optional parameters invalid."],
    ["symbol=BTCUSDT&symbolStatus=TRADING", "-1128 Combination of optional parameters invalid."],
    [`symbols=${encoded(["BTCUSDT", "BTCUSDT"])}`, "-1151 Symbol is present multiple times in the list."],
    ["symbolStatus=NOPE", "-1122 Invalid symbolStatus."],
    ["showPermissionSets=yes", "-1100 Illegal characters"],
  ])("is refused: %s", async (query, text) => {
    expect(await refusal(await startEmulator(), "/api/v3/exchangeInfo", query)).toContain(`400 ${text}`);
  });
});

describe("trades", () => {
  test("are the latest ones, or those from an id or a time on", async () => {
    const emulator = await startEmulator();
    const now = emulator.clock.now().getTime();
    const latest = trades.parse(await read(emulator, "/api/v3/trades", "symbol=BTCUSDC&limit=5"));
    expect(latest.map(({ time }) => time)).toEqual([400, 300, 200, 100, 0].map((before) => now - before));
    const fromId = `symbol=BTCUSDC&limit=5&fromId=${latest[0]?.id ?? 0}`;
    expect(trades.parse(await read(emulator, "/api/v3/historicalTrades", fromId))).toEqual(latest);

    const agg = async (query: string) =>
      aggregates.parse(await read(emulator, "/api/v3/aggTrades", `symbol=BTCUSDC&${query}`));
    const expected = latest.map(({ id, price, qty, time }) => ({ a: id, p: price, q: qty, T: time }));
    expect(await agg("limit=5")).toEqual(expected);
    expect(await agg(`fromId=${latest[0]?.id ?? 0}`)).toEqual(expected);
    expect(await agg(`startTime=${now - 400}`)).toEqual(expected);
    expect(await agg(`startTime=${(now - 400) * 1000}`)).toEqual(expected);
    expect(await agg(`startTime=${now - 400}&endTime=${now - 200}`)).toEqual(expected.slice(0, 3));
    expect(await agg(`endTime=${now - 200}&limit=3`)).toEqual(expected.slice(0, 3));
    expect(await agg(`startTime=${now + 1000}`)).toEqual([]);
    expect(await refusal(emulator, "/api/v3/aggTrades", `symbol=BTCUSDC&fromId=1&startTime=1`)).toMatch(
      /-1128/,
    );
  });
});

describe("klines", () => {
  const klines = async (emulator: Emulator, query: string) =>
    z.array(kline).parse(await read(emulator, "/api/v3/klines", `symbol=ETHUSDC&${query}`));

  test("are the latest ones, or those from a time on", async () => {
    const emulator = await startEmulator();
    const now = emulator.clock.now().getTime();
    const latest = await klines(emulator, "interval=1m&limit=3");
    expect(latest.map(([open]) => open)).toEqual([now - 120_000, now - 60_000, now]);
    expect(latest[1]?.[8]).toBe(600);
    expect(await klines(emulator, `interval=1m&startTime=${now - 120_000}`)).toEqual(latest);
    expect(await klines(emulator, `interval=1m&startTime=${now - 150_000}&limit=2`)).toEqual(
      latest.slice(0, 2),
    );
    expect(await klines(emulator, `interval=1m&endTime=${now - 1}&limit=2`)).toEqual(latest.slice(0, 2));
    expect(await read(emulator, "/api/v3/uiKlines", "symbol=ETHUSDC&interval=1m&limit=3")).toEqual(latest);
    expect(await klines(emulator, "interval=1m")).toHaveLength(500);
    expect(await klines(emulator, "interval=1m&limit=5000")).toHaveLength(1000);
    expect(await klines(emulator, "interval=1M&startTime=0&limit=1")).toMatchObject([
      { 0: Date.UTC(2017, 7) },
    ]);
  });

  test("begin at midnight of a time zone", async () => {
    const emulator = await startEmulator();
    const day = async (zone: string) =>
      (await klines(emulator, `interval=1d&limit=1&timeZone=${encodeURIComponent(zone)}`))[0]?.[0];
    expect(await day("0")).toBe(Date.UTC(2026, 10, 23));
    expect(await day("8")).toBe(Date.UTC(2026, 10, 22, 16));
    expect(await day("-1:00")).toBe(Date.UTC(2026, 10, 23, 1));
    expect(await day("05:45")).toBe(Date.UTC(2026, 10, 22, 18, 15));
    expect(await day("14")).toBe(Date.UTC(2026, 10, 23, 10));
  });

  test.each([
    ["symbol=ETHUSDC", "-1102 Mandatory parameter 'interval' was not sent"],
    ["interval=1m", "-1102 Mandatory parameter 'symbol' was not sent"],
    ["symbol=ETHUSDC&interval=2m", "-1120 Invalid interval."],
    ["symbol=ETHUSDC&interval=1m&limit=x", "-1100 Illegal characters found in parameter 'limit'"],
    ["symbol=ETHUSDC&interval=1m&limit=0", "-1130 Data sent for parameter 'limit' is not valid."],
    ["symbol=ETHUSDC&interval=1m&timeZone=15", "-1130 Data sent for parameter 'timeZone' is not valid."],
    ["symbol=ethusdc&interval=1m", "-1100 Illegal characters found in parameter 'symbol'"],
    ["symbol=NOPE&interval=1m", "-1121 Invalid symbol."],
  ])("are refused: %s", async (query, text) => {
    expect(await refusal(await startEmulator(), "/api/v3/klines", query)).toContain(`400 ${text}`);
  });
});

describe("the book and the tickers", () => {
  test("agree with each other and with the latest trade", async () => {
    const emulator = await startEmulator();
    const { bids, asks } = book.parse(await read(emulator, "/api/v3/depth", "symbol=BTCUSDC&limit=10"));
    expect([bids.length, asks.length]).toEqual([10, 10]);
    const best = {
      bidPrice: bids[0]?.[0],
      bidQty: bids[0]?.[1],
      askPrice: asks[0]?.[0],
      askQty: asks[0]?.[1],
    };
    expect(await read(emulator, "/api/v3/ticker/bookTicker", "symbol=BTCUSDC")).toEqual({
      symbol: "BTCUSDC",
      ...best,
    });
    const [last] = trades.parse(await read(emulator, "/api/v3/trades", "symbol=BTCUSDC&limit=1"));
    expect(await read(emulator, "/api/v3/ticker/price", "symbol=BTCUSDC")).toEqual({
      symbol: "BTCUSDC",
      price: last?.price,
    });
    expect(await read(emulator, "/api/v3/ticker/24hr", "symbol=BTCUSDC")).toMatchObject({
      ...best,
      lastPrice: last?.price,
      lastQty: last?.qty,
      lastId: last?.id,
      count: 864_001,
      priceChangePercent: expect.stringMatching(/^-?\d+\.\d{3}$/),
    });
  });

  test("are lists if several symbols are requested", async () => {
    const emulator = await startEmulator();
    for (const path of ["24hr", "price", "bookTicker"]) {
      expect(await read(emulator, `/api/v3/ticker/${path}`)).toMatchObject({ length: 10 });
      expect(await read(emulator, `/api/v3/ticker/${path}`, `symbols=${encoded(["ETHBTC"])}`)).toMatchObject([
        { symbol: "ETHBTC" },
      ]);
      expect(
        await refusal(emulator, `/api/v3/ticker/${path}`, `symbol=A&symbols=${encoded(["ETHBTC"])}`),
      ).toMatch(/-1128/);
      expect(await refusal(emulator, `/api/v3/ticker/${path}`, "symbol=ETHBTC&symbolStatus=BREAK")).toMatch(
        /-1220/,
      );
    }
    expect(await refusal(emulator, "/api/v3/ticker")).toMatch(
      /-1102 Param 'symbol' or 'symbols' must be sent/,
    );
  });

  test("of a day and of a window have the documented times", async () => {
    const emulator = await startEmulator();
    emulator.clock.advance(12_345);
    const now = emulator.clock.now().getTime();
    expect(await read(emulator, "/api/v3/ticker/tradingDay", "symbol=ETHBTC&type=MINI")).toMatchObject({
      openTime: Date.UTC(2026, 10, 23),
      closeTime: Date.UTC(2026, 10, 24) - 1,
    });
    expect(await read(emulator, "/api/v3/ticker", "symbol=ETHBTC&windowSize=2h")).toMatchObject({
      openTime: Date.UTC(2026, 10, 23, 10),
      closeTime: now,
    });
    expect(await refusal(emulator, "/api/v3/ticker", "symbol=ETHBTC&windowSize=8d")).toMatch(/-1130/);
    expect(await refusal(emulator, "/api/v3/ticker", "symbol=ETHBTC&type=NOPE")).toBe(
      "400 -1139 Invalid ticker type.",
    );
    expect(await read(emulator, "/api/v3/avgPrice", "symbol=ETHBTC")).toMatchObject({ mins: 5 });
  });

  test.each([
    ["/api/v3/depth", "symbol=BTCUSDC&limit=100", 5],
    ["/api/v3/depth", "symbol=BTCUSDC&limit=1000", 50],
    ["/api/v3/depth", "symbol=BTCUSDC&limit=5000", 250],
    ["/api/v3/ticker/24hr", "", 80],
    ["/api/v3/ticker/24hr", "symbol=BTCUSDC", 2],
    ["/api/v3/ticker/price", "", 4],
    ["/api/v3/ticker", `symbols=${encoded(["BTCUSDC", "ETHBTC"])}`, 8],
  ])("have the documented weight: %s?%s", async (path, query, weight) => {
    const answer = await (await startEmulator()).send(path, { query });
    expect(answer.headers["x-mbx-used-weight-1m"]).toBe(String(weight));
  });
});

describe("times", () => {
  test("are in microseconds if the client wants that", async () => {
    const emulator = await startEmulator();
    const send = async (path: string, query: string, unit: string) =>
      bodyOf(await emulator.send(path, { query, headers: { "x-mbx-time-unit": unit } }));
    const now = emulator.clock.now().getTime();
    expect(await send("/api/v3/time", "", "MICROSECOND")).toEqual({ serverTime: now * 1000 });
    expect(await send("/api/v3/time", "", "millisecond")).toEqual({ serverTime: now });
    expect(await send("/api/v3/trades", "symbol=BTCUSDC&limit=1", "microsecond")).toMatchObject([
      { time: now * 1000 },
    ]);
    const klines = await send("/api/v3/klines", "symbol=BTCUSDC&interval=1m&limit=1", "MICROSECOND");
    expect(klines).toMatchObject([{ 0: now * 1000 }]);
    const unknown = await emulator.send("/api/v3/time", { headers: { "x-mbx-time-unit": "DAY" } });
    expect(errorIn(unknown)).toMatch(/^400 -1194 /);
  });
});

describe("what clients request when they start", () => {
  test.each([
    ["/fapi/v1", ["BTCUSDT", "ETHUSDT", "BNBUSDT", "SOLUSDT"]],
    ["/dapi/v1", []],
  ])("the contracts of futures at %s", async (prefix, contracts) => {
    const emulator = await startEmulator();
    expect(await read(emulator, `${prefix}/ping`)).toEqual({});
    expect(await read(emulator, `${prefix}/time`)).toEqual({ serverTime: emulator.clock.now().getTime() });
    expect(await read(emulator, `${prefix}/exchangeInfo`)).toMatchObject({
      symbols: contracts.map((symbol) => ({ symbol, contractType: "PERPETUAL" })),
    });
    expect(emulator.reported).toEqual([]);
  });

  test("coins, fees and the lists of products that the account doesn't use", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const signed = async (path: string, query = "") =>
      bodyOf(await emulator.sendSigned(`/sapi/v1/${path}`, key, { query }));
    expect(await signed("capital/config/getall")).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ coin: "BTC" }),
        expect.objectContaining({ coin: "USDC" }),
      ]),
    );
    expect(await signed("asset/tradeFee", "symbol=BTCUSDC")).toEqual([
      { symbol: "BTCUSDC", makerCommission: "0.001", takerCommission: "0.001" },
    ]);
    for (const path of ["margin/allPairs", "margin/isolated/allPairs", "spot/delist-schedule"]) {
      expect(await signed(path)).toEqual([]);
    }
    expect(await read(emulator, "/sapi/v1/system/status")).toEqual({ status: 0, msg: "normal" });
    expect(emulator.reported).toEqual([]);
  });

  test("listen keys are gone", async () => {
    const emulator = await startEmulator();
    for (const method of ["POST", "PUT", "DELETE"]) {
      expect(await emulator.send("/api/v3/userDataStream", { method })).toMatchObject({ status: 410 });
    }
  });

  test.each([
    ["api1.binance.com", "/api/v3/ping", 200],
    ["api.binance.com", "/fapi/v1/ping", 404],
    ["fapi.binance.com", "/fapi/v1/ping", 200],
    ["fapi.binance.com", "/api/v3/ping", 404],
    ["data-api.binance.vision", "/api/v3/ticker/24hr", 200],
    ["data-api.binance.vision", "/api/v3/account", 404],
    ["data.binance.vision", "/data/spot/daily/klines/BTCUSDT/1m/x.zip", 404],
    ["demo-api.binance.com", "/api/v3/ping", 200],
    ["stream.binance.com:9443", "/api/v3/ping", 404],
  ])("%s%s is answered with %i", async (host, path, status) => {
    expect(await (await startEmulator()).send(path, { headers: { host } })).toMatchObject({ status });
  });
});
