import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { newSymbols } from "../../../binance/catalogue/symbols.ts";
import { beginOf, endOf, type Interval, intervals } from "../../../binance/market/intervals.ts";
import { Market } from "../../../binance/market/market.ts";
import { marketOpened } from "../../../binance/market/slots.ts";
import type { BookLevel, Summary, Trade } from "../../../binance/market/types.ts";

// Whatever the time and whatever was done to the price, everything that the market shows must agree. BINANCE_CASES is
// the number of cases of each property.

const numRuns = Number(process.env.BINANCE_CASES ?? 25);
const today = Date.UTC(2026, 10, 26);
const minute = 60_000;

const symbolName = fc.constantFrom(...newSymbols().map(({ symbol }) => symbol));
const time = fc.integer({ min: marketOpened + 1, max: today });
const fill = fc.record({
  delay: fc.integer({ min: 0, max: 20_000 }),
  ticks: fc.integer({ min: 100, max: 20_000 }),
  steps: fc.integer({ min: 1, max: 1000 }),
  isBuyerMaker: fc.boolean(),
});
const move = fc.record({
  delay: fc.integer({ min: 0, max: 20_000 }),
  kind: fc.constantFrom("move", "pin", "release"),
  percent: fc.integer({ min: 60, max: 150 }),
  within: fc.integer({ min: 0, max: 30_000 }),
});
const history = fc.record({
  symbol: symbolName,
  begin: time,
  fills: fc.array(fill, { maxLength: 5 }),
  moves: fc.array(move, { maxLength: 3 }),
});
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

/** A market on which the account has traded and prices were moved, from a time on. */
function marketWith({ symbol: name, begin, fills, moves }: History): Market {
  const symbols = newSymbols();
  const market = new Market({ seed: 7, symbols });
  const symbol = market.symbol(name);
  if (!symbol) {
    throw new Error(`there is no ${name}`);
  }
  const { tickSize } = symbol.filters.priceFilter;
  const { stepSize } = symbol.filters.lotSize;
  for (const { delay, kind, percent, within } of moves.toSorted((one, other) => one.delay - other.delay)) {
    const price = ((symbol.price * BigInt(percent)) / 100n / tickSize) * tickSize;
    const now = begin + delay;
    if (kind === "move") {
      market.movePrice(name, price, { now, within });
    } else if (kind === "pin") {
      market.pinPrice(name, price, now);
    } else {
      market.releasePrice(name, now);
    }
  }
  for (const { delay, ticks, steps, isBuyerMaker } of fills) {
    market.addFill(name, {
      time: begin + delay,
      price: BigInt(ticks) * tickSize,
      quantity: BigInt(steps) * stepSize,
      isBuyerMaker,
    });
  }
  return market;
}

/** The sum of trades, without the market's own arithmetic. */
function summed(trades: readonly Trade[]): Summary | undefined {
  const [first, last] = [trades.at(0), trades.at(-1)];
  if (first === undefined || last === undefined) {
    return undefined;
  }
  const prices = trades.map(({ price }) => price).toSorted((one, other) => (one < other ? -1 : 1));
  const total = (some: readonly Trade[], amount: "quantity" | "quoteQuantity") =>
    some.reduce((sum, trade) => sum + trade[amount], 0n);
  const bought = trades.filter(({ isBuyerMaker }) => !isBuyerMaker);
  return {
    open: first.price,
    high: prices.at(-1) ?? 0n,
    low: prices.at(0) ?? 0n,
    close: last.price,
    volume: total(trades, "quantity"),
    quoteVolume: total(trades, "quoteQuantity"),
    takerBuyVolume: total(bought, "quantity"),
    takerBuyQuoteVolume: total(bought, "quoteQuantity"),
    firstTradeId: first.id,
    lastTradeId: last.id,
  };
}

test("the sum of any time is the sum of its trades", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 40_000 }), (made, length) => {
      const market = marketWith(made);
      const [from, to] = [made.begin - 5000, made.begin + length];
      const trades = market.tradesBetween(made.symbol, from, to);
      expect(market.summary(made.symbol, from, to)).toEqual(summed(trades));
    }),
    { numRuns },
  );
});

test("ids of trades have no gaps, and trades are found by them", () => {
  fc.assert(
    fc.property(history, (made) => {
      const market = marketWith(made);
      const [from, to] = [made.begin - 2000, made.begin + 25_000];
      const trades = market.tradesBetween(made.symbol, from, to);
      const [{ id } = { id: 0 }] = trades;
      expect(trades.map((trade) => trade.id)).toEqual(trades.map((_, index) => id + index));
      expect(trades.every((trade, index) => trade.time >= (trades[index - 1]?.time ?? 0))).toBe(true);
      expect(market.tradesFrom(made.symbol, id, trades.length, to - 1)).toEqual(trades);
      expect(market.lastTrade(made.symbol, to - 1)).toEqual(trades.at(-1));
    }),
    { numRuns },
  );
});

test("klines of every interval are the sum of shorter ones", () => {
  const shorter: Partial<Record<Interval, Interval>> = {
    ...{ "1m": "1s", "3m": "1m", "5m": "1m", "15m": "5m", "30m": "15m", "1h": "15m", "2h": "1h" },
    ...{ "4h": "2h", "6h": "1h", "8h": "2h", "12h": "4h", "1d": "6h", "3d": "1d", "1w": "1d", "1M": "1d" },
  };
  const zone = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15 * minute);
  fc.assert(
    fc.property(history, fc.constantFrom(...intervals), zone, (made, interval, offset) => {
      const market = marketWith(made);
      const part = shorter[interval];
      const now = made.begin + 45_000;
      const kline = market.klineAt(made.symbol, interval, now, offset);
      if (part === undefined || kline === undefined) {
        return;
      }
      const parts = market.klines(
        made.symbol,
        { interval: part, offset, from: kline.openTime, to: kline.closeTime, limit: 1000 },
        now,
      );
      expect(parts[0]?.open).toBe(kline.open);
      expect(parts.at(-1)?.close).toBe(kline.close);
      expect(parts.reduce((sum, { volume }) => sum + volume, 0n)).toBe(kline.volume);
      expect(parts.reduce((sum, { quoteVolume }) => sum + quoteVolume, 0n)).toBe(kline.quoteVolume);
      expect(parts.every(({ high, low }) => high <= kline.high && low >= kline.low)).toBe(true);
      expect(parts.some(({ high }) => high === kline.high)).toBe(true);
      expect(parts.some(({ low }) => low === kline.low)).toBe(true);
      expect(parts.at(-1)?.lastTradeId).toBe(kline.lastTradeId);
    }),
    { numRuns },
  );
});

test("klines without a start are the latest, and are the same as those from a start on", () => {
  fc.assert(
    fc.property(
      history,
      fc.constantFrom(...intervals),
      fc.integer({ min: 1, max: 30 }),
      (made, interval, limit) => {
        const market = marketWith(made);
        const now = made.begin + 10_000;
        const latest = market.klines(made.symbol, { interval, limit }, now);
        const [first] = latest;
        expect(latest.at(-1)).toEqual(market.klineAt(made.symbol, interval, now));
        expect(market.klines(made.symbol, { interval, from: first?.openTime, limit }, now)).toEqual(latest);
        expect(beginOf(interval, now)).toBe(latest.at(-1)?.openTime);
        expect(latest.every(({ openTime, closeTime }) => endOf(interval, openTime) === closeTime + 1)).toBe(
          true,
        );
      },
    ),
    { numRuns },
  );
});

test("the 24-hour ticker is the sum of the klines of its time", () => {
  fc.assert(
    fc.property(history, (made) => {
      const market = marketWith(made);
      const now = Math.floor(made.begin / minute) * minute + minute - 1;
      const ticker = market.ticker24h(made.symbol, now);
      const klines = market.klines(
        made.symbol,
        { interval: "1m", from: now - 24 * 60 * minute + 1, limit: 2000 },
        now,
      );
      const first = market.summary(made.symbol, now - 24 * 60 * minute, now - 24 * 60 * minute + 1);
      const volume = klines.reduce((sum, kline) => sum + kline.volume, first?.volume ?? 0n);
      expect(ticker?.volume).toBe(volume);
      expect(ticker?.close).toBe(klines.at(-1)?.close);
      expect(ticker?.close).toBe(market.priceAt(made.symbol, now));
    }),
    { numRuns: Math.ceil(numRuns / 10) },
  );
});

test("the first trade at or beyond a price is the one that going through all trades finds", () => {
  const direction = fc.constantFrom("at-or-below" as const, "at-or-above" as const);
  fc.assert(
    fc.property(history, direction, fc.integer({ min: -400, max: 400 }), (made, way, distance) => {
      const market = marketWith({ ...made, fills: [] });
      const [from, to] = [made.begin - 1000, made.begin + 40_000];
      const { tickSize } = market.symbol(made.symbol)?.filters.priceFilter ?? { tickSize: 0n };
      const price = market.priceAt(made.symbol, made.begin) + (BigInt(distance) * tickSize) / 4n;
      const expected = market
        .tradesBetween(made.symbol, from + 1, to + 1)
        .find((trade) => (way === "at-or-below" ? trade.price <= price : trade.price >= price));
      expect(market.firstTrade(made.symbol, way, price, from, to)).toEqual(expected);
    }),
    { numRuns },
  );
});

test("the book's best prices enclose the price, and its levels are in order, on the tick and on the step", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 100 }), (made, depth) => {
      const market = marketWith({ ...made, fills: [] });
      const { bids, asks } = market.book(made.symbol, made.begin, depth);
      const price = market.priceAt(made.symbol, made.begin);
      const [bid = 0n, ask = 0n] = [bids[0]?.price, asks[0]?.price];
      expect([bid <= price, price <= ask, bid < ask]).toEqual([true, true, true]);
      expect(bids.every((level, index) => level.price < (bids[index - 1]?.price ?? ask))).toBe(true);
      expect(asks.every((level, index) => level.price > (asks[index - 1]?.price ?? bid))).toBe(true);
      const filters = market.symbol(made.symbol)?.filters;
      const isValid = (level: BookLevel) =>
        level.quantity > 0n &&
        level.quantity % (filters?.lotSize.stepSize ?? 0n) === 0n &&
        level.price % (filters?.priceFilter.tickSize ?? 0n) === 0n;
      expect([...bids, ...asks].filter((level) => !isValid(level))).toEqual([]);
    }),
    { numRuns },
  );
});

test("the same seed, time and moves give the same market, whatever was requested before", () => {
  fc.assert(
    fc.property(history, time, (made, earlier) => {
      const [one, other] = [marketWith(made), marketWith(made)];
      one.klines(made.symbol, { interval: "1h", limit: 10 }, earlier);
      one.book(made.symbol, earlier, 20);
      const now = made.begin + 5000;
      expect(one.ticker24h(made.symbol, now)).toEqual(other.ticker24h(made.symbol, now));
      expect(one.book(made.symbol, now, 20)).toEqual(other.book(made.symbol, now, 20));
      expect(one.tradesBetween(made.symbol, now - 1000, now)).toEqual(
        other.tradesBetween(made.symbol, now - 1000, now),
      );
    }),
    { numRuns },
  );
});

test("a book changes only together with its update id", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 0, max: 500 }), (made, later) => {
      const market = marketWith(made);
      const one = market.book(made.symbol, made.begin, 20);
      const other = market.book(made.symbol, made.begin + later, 20);
      expect(other.lastUpdateId).toBeGreaterThanOrEqual(one.lastUpdateId);
      if (one.lastUpdateId === other.lastUpdateId) {
        expect(other).toEqual(one);
      }
    }),
    { numRuns },
  );
});

test("in 27 years, no price leaves the range that a bot's filters allow", () => {
  for (const { symbol, price } of newSymbols()) {
    const market = new Market({ seed: 1, symbols: newSymbols() });
    const all = market.summary(symbol, 0, Date.UTC(2044, 0));
    expect(all?.low).toBeGreaterThan(price / 3n);
    expect(all?.high).toBeLessThan(price * 3n);
  }
});
