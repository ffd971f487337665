import { multiply } from "../decimal.ts";
import { slotAt } from "./slots.ts";
import type { Trade } from "./types.ts";

/** One fill of an order of the account, as the market sees it. */
export interface Fill {
  time: number;
  price: bigint;
  quantity: bigint;
  /** Whether the seller was the taker. */
  isBuyerMaker: boolean;
}

/** The account's fills of one symbol. They are trades besides those of the path, and shift the ids of all later ones. */
export class Fills {
  readonly #trades: Trade[] = [];
  /** The ids of trades that were forgotten. */
  readonly #forgotten = new Set<number>();

  /**
   * @returns the trade with its id. A fill that is older than the latest one gets that one's time, because an id that was
   *   shown once must not change.
   */
  record(fill: Fill): Trade {
    const trade = this.#add(fill);
    // The account has an older trade with this id. It becomes the id of another account's trade.
    return this.#forgotten.has(trade.id) ? this.record(fill) : trade;
  }

  /** Forgets the fills after a time, because the clock was set back. The account keeps their ids. */
  forgetAfter(time: number): void {
    for (const { id } of this.#trades.splice(this.countBefore(time + 1))) {
      this.#forgotten.add(id);
    }
  }

  /** The fills in [from, to). */
  between(from: number, to: number): Trade[] {
    return this.#trades.slice(this.countBefore(from), this.countBefore(to));
  }

  /** How many fills there were before a time. */
  countBefore(time: number): number {
    let [low, high] = [0, this.#trades.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#trades[middle]?.time ?? Infinity) < time) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The time of the fill with this number, counted from 0; Infinity if there is none. */
  timeOf(number: number): number {
    return this.#trades[number]?.time ?? Infinity;
  }

  #add(fill: Fill): Trade {
    const time = Math.max(fill.time, this.#trades.at(-1)?.time ?? -Infinity);
    const trade = {
      ...fill,
      time,
      // The trade of the fill's slot is before it, and so are that many slots and fills.
      id: slotAt(time) + 1 + this.#trades.length,
      quoteQuantity: multiply(fill.price, fill.quantity, "down"),
    };
    this.#trades.push(trade);
    return trade;
  }
}
