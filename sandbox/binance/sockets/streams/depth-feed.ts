import type { Market } from "../../market/market.ts";
import { slotAt, startOf } from "../../market/slots.ts";
import type { Book, BookLevel } from "../../market/types.ts";
import { formatLevel } from "./events.ts";

/**
 * If the clock has jumped, only this many slots before and after the jump are looked at: clients have snapshots of those,
 * and of none in between.
 */
const slotsAroundJump = 50;

type Quantities = Map<bigint, bigint>;
/** Writes a level as snapshots have it. A client finds levels by the text of their price. */
type Format = (level: BookLevel) => [string, string];

/** What changed: the first and the last update id, and the levels of both sides. */
interface DepthUpdate {
  e: "depthUpdate";
  E: number;
  s: string;
  U: number;
  u: number;
  b: [string, string][];
  a: [string, string][];
}

/**
 * The changes of a book since the last event. It looks at every slot in between: a client may have a snapshot of any of
 * them, which the next event must correct.
 */
export class DepthFeed {
  readonly #market: Market;
  readonly #symbol: string;
  readonly #format: Format;
  #slot: number;
  #book: Book;

  constructor(market: Market, symbol: string, time: number, format: Format = formatLevel) {
    this.#market = market;
    this.#symbol = symbol;
    this.#format = format;
    this.#slot = slotAt(time);
    this.#book = this.#bookAt(this.#slot);
  }

  /** The event for the time since the last one; undefined if no slot has begun. */
  eventAt(time: number): DepthUpdate | undefined {
    const last = slotAt(time);
    if (last <= this.#slot) {
      return undefined;
    }
    const first = this.#book.lastUpdateId + 1;
    const bids: Quantities = new Map();
    const asks: Quantities = new Map();
    for (const slot of slotsToCompare(this.#slot + 1, last)) {
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
      b: this.#levelsOf(bids),
      a: this.#levelsOf(asks),
    };
  }

  #bookAt(slot: number): Book {
    return this.#market.book(this.#symbol, startOf(slot));
  }

  #levelsOf(changes: Quantities): [string, string][] {
    return [...changes].map(([price, quantity]) => this.#format({ price, quantity }));
  }
}

function slotsToCompare(first: number, last: number): number[] {
  const count = last - first + 1;
  const from = (slot: number, length: number) => Array.from({ length }, (_, index) => slot + index);
  return count <= 2 * slotsAroundJump
    ? from(first, count)
    : [...from(first, slotsAroundJump), ...from(last - slotsAroundJump + 1, slotsAroundJump)];
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
