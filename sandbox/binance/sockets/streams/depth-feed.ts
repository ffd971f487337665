import { formatDecimal } from "../../decimal.ts";
import type { Market } from "../../market/market.ts";
import { slotAt, startOf } from "../../market/slots.ts";
import type { Book, BookLevel } from "../../market/types.ts";

/** assumed: the streams show changes of this many levels on each side. A snapshot with that limit fits them exactly. */
const levelsWatched = 1000;
/** If more time than this has passed since the last event, its slots aren't looked at one by one. */
const slotsWatched = 100;

type Quantities = Map<bigint, bigint>;

/**
 * The changes of a book since the last event. It looks at every slot in between: a client may have a snapshot of any of
 * them, which the next event must correct.
 */
export class DepthFeed {
  readonly #market: Market;
  readonly #symbol: string;
  #slot: number;
  #book: Book;

  constructor(market: Market, symbol: string, time: number) {
    this.#market = market;
    this.#symbol = symbol;
    this.#slot = slotAt(time);
    this.#book = this.#bookAt(this.#slot);
  }

  /** The event for the time since the last one; undefined if no slot has begun. */
  eventAt(time: number): object | undefined {
    const last = slotAt(time);
    if (last <= this.#slot) {
      return undefined;
    }
    const first = this.#book.lastUpdateId + 1;
    const bids: Quantities = new Map();
    const asks: Quantities = new Map();
    for (let slot = last - this.#slot > slotsWatched ? last : this.#slot + 1; slot <= last; slot += 1) {
      const book = this.#bookAt(slot);
      addChanges(bids, this.#book.bids, book.bids);
      addChanges(asks, this.#book.asks, book.asks);
      this.#book = book;
    }
    this.#slot = last;
    return {
      e: "depthUpdate",
      E: time,
      s: this.#symbol,
      U: first,
      u: this.#book.lastUpdateId,
      b: levelsOf(bids),
      a: levelsOf(asks),
    };
  }

  #bookAt(slot: number): Book {
    return this.#market.book(this.#symbol, startOf(slot), levelsWatched);
  }
}

/** Adds what changed between two books. A level that is gone has the quantity 0. */
function addChanges(changes: Quantities, before: readonly BookLevel[], after: readonly BookLevel[]): void {
  const left = new Map(before.map(({ price, quantity }) => [price, quantity]));
  for (const { price, quantity } of after) {
    if (left.get(price) !== quantity) {
      changes.set(price, quantity);
    }
    left.delete(price);
  }
  for (const price of left.keys()) {
    changes.set(price, 0n);
  }
}

function levelsOf(changes: Quantities): [string, string][] {
  return [...changes].map(([price, quantity]) => [formatDecimal(price), formatDecimal(quantity)]);
}
