import { joined, type Shape } from "./shapes.ts";

/** A shape at a place in time. */
export interface Placed {
  shape: Shape;
  /** The slot at which it begins. */
  slot: number;
  /** The price at which it begins, in ticks, before its first trade. */
  price: number;
}

/** Which way a price is crossed. */
export type Direction = "down" | "up";

/** A path of prices that begins at a price. Everything is found by going down the tree of its shapes. */
export class Path {
  readonly #root: Placed;

  constructor(shape: Shape, price: number) {
    this.#root = { shape, slot: 0, price };
  }

  /** The single trade of a slot. Before the first slot it is the first, and after the last it is the last. */
  tradeAt(slot: number): Placed {
    const wanted = Math.min(Math.max(slot, 0), this.#root.shape.span - 1);
    return this.between(wanted, wanted + 1);
  }

  /** The price after a slot's trade, in ticks. */
  priceAt(slot: number): number {
    const { price, shape } = this.tradeAt(slot);
    return price + shape.end;
  }

  /** The part of the path in [from, to), as one shape. */
  between(from: number, to: number): Placed {
    const found: Placed[] = [];
    collect(this.#root, { from, to }, found);
    const [first, ...others] = found;
    if (first === undefined) {
      throw new Error(`the path has no slots from ${from} to ${to}`);
    }
    return others.length === 0 ? first : { ...first, shape: joined(found.map(({ shape }) => shape)) };
  }

  /** The first slot in [from, to) whose trade is at the price or beyond. */
  firstSlotAtOrThrough(wanted: Wanted): number | undefined {
    return search(this.#root, wanted);
  }
}

interface Range {
  from: number;
  to: number;
}

interface Wanted extends Range {
  direction: Direction;
  price: number;
}

/** Finds the fewest shapes that make up the range, in the order of time. */
function collect(placed: Placed, range: Range, found: Placed[]): void {
  if (placed.slot >= range.from && placed.slot + placed.shape.span <= range.to) {
    found.push(placed);
    return;
  }
  let { slot, price } = placed;
  for (const shape of placed.shape.children) {
    if (slot >= range.to) {
      return;
    }
    if (slot + shape.span > range.from) {
      collect({ shape, slot, price }, range, found);
    }
    slot += shape.span;
    price += shape.end;
  }
}

function search(placed: Placed, wanted: Wanted): number | undefined {
  if (!isReached(placed, wanted)) {
    return undefined;
  }
  if (placed.shape.span === 1) {
    return placed.slot;
  }
  let { slot, price } = placed;
  for (const shape of placed.shape.children) {
    const isInside = slot < wanted.to && slot + shape.span > wanted.from;
    const found = isInside ? search({ shape, slot, price }, wanted) : undefined;
    if (found !== undefined) {
      return found;
    }
    slot += shape.span;
    price += shape.end;
  }
  return undefined;
}

function isReached({ shape, price }: Placed, wanted: Wanted): boolean {
  return wanted.direction === "down" ? price + shape.low <= wanted.price : price + shape.high >= wanted.price;
}
