import { hash } from "./hash.ts";
import type { Scale } from "./scale.ts";
import { slotAt } from "./slots.ts";
import type { SymbolMarket } from "./symbol-market.ts";
import type { Book, BookLevel } from "./types.ts";

/** How many update ids a slot has. Diffs have them unbroken: the first is one more than the last of the slot before. */
const updatesPerSlot = 16;
/** assumed: the book has at most this many levels on each side. A level that leaves them is gone. */
export const levelsPerSide = 1000;
/** Levels are this part of the price apart, but at least one tick. */
const spacing = 1e-6;
/** The quantity at a price changes after this many slots, at a different time for each price. */
const slotsPerQuantity = 50;

/** The id of the last change of a book. A book changes only when a slot begins. */
function lastUpdateId(time: number): number {
  return (slotAt(time) + 1) * updatesPerSlot;
}

/**
 * The book at a time: the latest price and, beyond it on both sides, prices in equal distances. The account's own orders
 * are not in it.
 */
export function bookAt(market: SymbolMarket, time: number, depth: number): Book {
  const slot = Math.max(0, slotAt(time));
  const last = market.ticksAt(slot);
  // The taker of the last trade has met the best price of the other side.
  const best =
    market.path.tradeAt(slot).shape.takerVolume === 0
      ? { bid: last, ask: last + 1 }
      : { bid: last - 1, ask: last };
  const step = Math.max(1, Math.round(market.scale.ticks(market.symbol.price) * spacing));
  const next = {
    bid: Math.floor((best.bid - 1) / step) * step,
    ask: Math.ceil((best.ask + 1) / step) * step,
  };
  const meanLots = market.scale.lots(market.symbol.meanQuantity);
  const levels = (first: number, second: number, direction: 1 | -1) =>
    Array.from({ length: Math.min(depth, levelsPerSide) }, (_, index) =>
      index === 0 ? first : second + direction * (index - 1) * step,
    )
      .filter((ticks) => ticks > 0)
      .map((ticks, index) => levelAt(market.scale, ticks, { slot, index, meanLots }));
  return {
    lastUpdateId: lastUpdateId(time),
    bids: levels(best.bid, next.bid, -1),
    asks: levels(best.ask, next.ask, 1),
  };
}

/** assumed: a few times the mean trade, and more far from the price. */
function levelAt(
  scale: Scale,
  ticks: number,
  { slot, index, meanLots }: { slot: number; index: number; meanLots: number },
): BookLevel {
  const period = Math.floor((slot + (hash(ticks, 1) % slotsPerQuantity)) / slotsPerQuantity);
  const lots = 1 + (hash(ticks, period) % (4 * meanLots)) * (index === 0 ? 1 : 3);
  return { price: scale.price(ticks), quantity: scale.quantity(lots) };
}
