import { expect, test } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import { newSymbols } from "../../../binance/catalogue/symbols.ts";
import { formatDecimal, parseDecimal } from "../../../binance/decimal.ts";
import { Market } from "../../../binance/market/market.ts";
import type { Book } from "../../../binance/market/types.ts";
import { DepthFeed } from "../../../binance/sockets/streams/depth-feed.ts";

const numRuns = Number(process.env.BINANCE_CASES ?? 25);

const levels = z.array(z.tuple([z.string(), z.string()]));
const update = z.object({ U: z.number(), u: z.number(), b: levels, a: levels });

const market = new Market({ seed: 1, symbols: newSymbols() });
const day = Date.parse("2026-11-23T12:00:00Z");

/** How many slots pass before each event, and the slot of the snapshot, counted from the start. */
const schedule = fc.record({
  start: fc.integer({ min: 0, max: 864_000 }),
  pauses: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 5 }),
  snapshot: fc.integer({ min: 0, max: 30 }),
});

test("the ids are unbroken, and a snapshot of any slot becomes the book of any later event", () => {
  fc.assert(
    fc.property(schedule, ({ start, pauses, snapshot }) => {
      let time = day + start * 100;
      const feed = new DepthFeed(market, "BTCUSDC", time);
      const shown = market.book("BTCUSDC", time + Math.min(snapshot, total(pauses)) * 100);
      const [bids, asks] = [sideOf(shown.bids), sideOf(shown.asks)];
      let last = market.book("BTCUSDC", time, 1).lastUpdateId;
      for (const pause of pauses) {
        time += pause * 100;
        const { U, u, b, a } = update.parse(feed.eventAt(time));
        expect(U).toBe(last + 1);
        last = u;
        if (u > shown.lastUpdateId) {
          apply(bids, b);
          apply(asks, a);
        }
      }
      const book = market.book("BTCUSDC", time);
      expect(last).toBe(book.lastUpdateId);
      expect(textOf(bids)).toBe(textOf(sideOf(book.bids)));
      expect(textOf(asks)).toBe(textOf(sideOf(book.asks)));
    }),
    { numRuns },
  );
});

test("there is no event before the next slot begins", () => {
  const feed = new DepthFeed(market, "BTCUSDC", day);
  expect(feed.eventAt(day + 99)).toBeUndefined();
  expect(feed.eventAt(day + 100)).toBeDefined();
  expect(feed.eventAt(day + 199)).toBeUndefined();
});

function total(pauses: number[]): number {
  return pauses.reduce((sum, pause) => sum + pause, 0);
}

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
