import { expect, test } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { newContracts } from "../../../binance/catalogue/contracts.ts";
import { newSymbols } from "../../../binance/catalogue/symbols.ts";
import { formatDecimal, parseDecimal, roundToStep } from "../../../binance/decimal.ts";
import { Market } from "../../../binance/market/market.ts";
import type { Book } from "../../../binance/market/types.ts";
import { DepthFeed } from "../../../binance/sockets/streams/depth-feed.ts";

const numRuns = Number(process.env.BINANCE_CASES ?? 25);

const levels = z.array(z.tuple([z.string(), z.string()]));
const update = z.object({ U: z.number(), u: z.number(), b: levels, a: levels });

const symbol = "BTCUSDT";
const tick = parseDecimal("0.01");
/** The most levels that Binance documents for a snapshot. */
const mostLevels = 5000;
const day = Date.parse("2026-11-23T12:00:00Z");

/** A move to so many hundred-thousandths of the price, and how long it takes. Five of them stay above the lowest price. */
const move = fc.record({
  part: fc.constantFrom(95_000n, 97_000n, 99_700n, 99_990n, 100_010n, 100_300n, 103_000n, 105_000n),
  within: fc.constantFrom(0, 500, 5000),
});
/** How many slots pass before an event, and whether the price moves in them. If the clock is set ahead, they are many. */
const step = fc.record({
  pause: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 10 }) },
    { weight: 1, arbitrary: fc.constant(36_000) },
  ),
  move: fc.option(move, { nil: undefined }),
});
const schedule = fc.record({
  start: fc.integer({ min: 0, max: 864_000 }),
  steps: fc.array(step, { minLength: 1, maxLength: 5 }),
  /** So many slots after the start, or before the last event. */
  snapshot: fc.record({ from: fc.constantFrom("start", "end"), slots: fc.integer({ min: 0, max: 30 }) }),
  isFutures: fc.boolean(),
});

function newMarkets(): { spot: Market; futures: Market } {
  const symbols = newSymbols();
  const spot = new Market({ seed: 1, symbols });
  return { spot, futures: new Market({ seed: 1, symbols: newContracts(symbols), moved: spot }) };
}

test("the ids are unbroken, and any snapshot becomes the book of any later event, however the price moves", () => {
  fc.assert(
    fc.property(schedule, ({ start, steps, snapshot, isFutures }) => {
      const { spot, futures } = newMarkets();
      const market = isFutures ? futures : spot;
      const begin = day + start * 100;
      const feed = new DepthFeed(market, symbol, begin);
      let time = begin;
      const events = steps.map(({ pause, move }) => {
        if (move) {
          const price = roundToStep((spot.priceAt(symbol, time) * move.part) / 100_000n, tick, "down");
          spot.movePrice(symbol, price, { now: time, within: move.within });
        }
        time += pause * 100;
        return update.parse(feed.eventAt(time));
      });
      const slots = Math.min(snapshot.slots, (time - begin) / 100);
      const shown = market.book(
        symbol,
        snapshot.from === "start" ? begin + slots * 100 : time - slots * 100,
        mostLevels,
      );
      const [bids, asks] = [sideOf(shown.bids), sideOf(shown.asks)];
      let last = market.book(symbol, begin, 1).lastUpdateId;
      for (const { U, u, b, a } of events) {
        expect(U).toBe(last + 1);
        last = u;
        if (u > shown.lastUpdateId) {
          apply(bids, b);
          apply(asks, a);
        }
      }
      const book = market.book(symbol, time, mostLevels);
      expect(last).toBe(book.lastUpdateId);
      expect(textOf(bids)).toBe(textOf(sideOf(book.bids)));
      expect(textOf(asks)).toBe(textOf(sideOf(book.asks)));
    }),
    { numRuns },
  );
});

test("there is no event before the next slot begins", () => {
  const feed = new DepthFeed(newMarkets().spot, symbol, day);
  expect(feed.eventAt(day + 99)).toBeUndefined();
  expect(feed.eventAt(day + 100)).toBeDefined();
  expect(feed.eventAt(day + 199)).toBeUndefined();
});

function sideOf(side: Book["bids"]): Map<string, bigint> {
  return new Map(side.map(({ price, quantity }) => [formatDecimal(price), quantity]));
}

function apply(side: Map<string, bigint>, changes: [string, string][]): void {
  for (const [price, quantity] of changes) {
    if (parseDecimal(quantity) === 0n) {
      side.delete(price);
    } else {
      side.set(price, parseDecimal(quantity));
    }
  }
}

function textOf(side: Map<string, bigint>): string {
  return [...side]
    .map(([price, quantity]) => `${price} ${quantity}`)
    .sort()
    .join("\n");
}
