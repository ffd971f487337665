import { hash } from "./hash.ts";

// Read once, as in hash.ts.
const integer = BigInt;

/**
 * A piece of a path, relative to the price at which it begins, so that it can be used at many places. All are whole
 * numbers, which a Number holds exactly: prices in ticks, quantities in lots.
 */
export interface Shape {
  /** How many slots it takes. */
  span: number;
  /** The first trade's price. */
  first: number;
  high: number;
  low: number;
  /** The last trade's price, at which the next shape begins. */
  end: number;
  volume: number;
  /** The part of the volume that takers bought. */
  takerVolume: number;
  /** The sum of (price × quantity), which can be too large for a Number. */
  quote: bigint;
  takerQuote: bigint;
  /** What it is made of, in the order of time. A single trade has none. */
  children: readonly Shape[];
}

/** How a path moves and trades. */
export interface ShapeOptions {
  seed: number;
  /** The standard deviation of the price from one trade to the next, in ticks. */
  deviation: number;
  /** The mean quantity of a trade, in lots. */
  meanQuantity: number;
  /** How far, in ticks, the price may go from where a long shape began, before it must turn back. */
  limit: number;
}

/** A shape and its mirror image. Because both are picked equally often, a path has no trend. */
type Pair = readonly [Shape, Shape];
type Side = 0 | 1;

const childrenPerShape = 8;
/** The lowest level has single trades. One shape of the highest takes 27 years. */
const levels = 12;
/** Enough that nobody sees a repetition, and few enough that all are made in a few milliseconds. */
const pairsPerLevel = 128;
/** From this level on, whose shapes take two days, the price turns back. Below, it walks freely. */
const firstBoundedLevel = 7;

/** Paths by their options. There are few: one for each symbol and seed. */
const made = new Map<string, Shape>();

/** The whole path: a shape of 27 years, made of shapes, down to single trades. It is made once for the same options. */
export function pathWith(options: ShapeOptions): Shape {
  const key = JSON.stringify(options);
  const path = made.get(key) ?? makePath(options);
  made.set(key, path);
  return path;
}

function makePath(options: ShapeOptions): Shape {
  let pairs = Array.from({ length: pairsPerLevel }, (_, index) => trade(options, index));
  for (let level = 1; level < levels; level += 1) {
    const below = pairs;
    pairs = Array.from({ length: level === levels - 1 ? 1 : pairsPerLevel }, (_, index) =>
      compose(below, (position) => hash(options.seed, level, index, position), {
        limit: level >= firstBoundedLevel ? options.limit : Infinity,
      }),
    );
  }
  const [[path] = []] = pairs;
  if (path === undefined) {
    throw new Error("a path has at least one shape");
  }
  return path;
}

function trade({ seed, deviation, meanQuantity }: ShapeOptions, index: number): Pair {
  const random = (purpose: number) => hash(seed, 0, index, purpose);
  const step =
    deviation < 1
      ? Number(index < movingPairs(deviation))
      : Math.round(deviation * normal(random(1), random(2)));
  const quantity = quantityOf(random(3), random(4), meanQuantity);
  // If the price doesn't change, chance decides whether the taker bought.
  const isBuy = step === 0 ? random(5) % 2 === 0 : step > 0;
  // 0 - step: because -0 and 0 are different in comparisons.
  return [single(step, quantity, isBuy), single(0 - step, quantity, !isBuy)];
}

/** A deviation of less than a tick: only so many trades go one tick up or down that their deviation is the same. */
function movingPairs(deviation: number): number {
  return Math.max(1, Math.round(pairsPerLevel * deviation ** 2));
}

function single(price: number, volume: number, isBuy: boolean): Shape {
  const quote = BigInt(price) * BigInt(volume);
  return {
    span: 1,
    ...{ first: price, high: price, low: price, end: price },
    ...{ volume, takerVolume: isBuy ? volume : 0 },
    ...{ quote, takerQuote: isBuy ? quote : 0n },
    children: [],
  };
}

/** Roughly a normal distribution with the standard deviation 1: the sum of four even ones. */
function normal(one: number, other: number): number {
  const parts = [one & 0xffff, one >>> 16, other & 0xffff, other >>> 16];
  return Math.sqrt(3) * parts.reduce((total, part) => total + part / 0xffff - 0.5, 0);
}

/** Many small quantities and few large ones: each doubling is half as frequent. */
function quantityOf(one: number, other: number, mean: number): number {
  const doublings = Math.min(7, Math.clz32(one));
  // The doublings multiply by 4.5 on average, and the remainder is half of its limit.
  return (1 + (other % Math.max(1, Math.round(mean * 0.44)))) * 2 ** doublings;
}

function compose(
  below: readonly Pair[],
  random: (position: number) => number,
  { limit }: { limit: number },
): Pair {
  const children: { pair: Pair; side: Side }[] = [];
  let price = 0;
  for (let position = 0; position < childrenPerShape; position += 1) {
    const number = random(position);
    const pair = below[(number >>> 1) % below.length];
    if (pair === undefined) {
      throw new Error("there are no shapes to choose from");
    }
    const picked: Side = number % 2 === 0 ? 0 : 1;
    const mustTurn = Math.abs(price) > limit && price * pair[picked].end > 0;
    const side = mustTurn ? opposite(picked) : picked;
    children.push({ pair, side });
    price += pair[side].end;
  }
  return [
    joined(children.map(({ pair, side }) => pair[side])),
    joined(children.map(({ pair, side }) => pair[opposite(side)])),
  ];
}

function opposite(side: Side): Side {
  return side === 0 ? 1 : 0;
}

/** Several shapes that follow each other, as one. */
export function joined(children: readonly Shape[]): Shape {
  const shape = {
    ...{ span: 0, first: children[0]?.first ?? 0, high: -Infinity, low: Infinity, end: 0 },
    ...{ volume: 0, takerVolume: 0, quote: 0n, takerQuote: 0n, children },
  };
  for (const child of children) {
    const begin = integer(shape.end);
    const [high, low] = [shape.end + child.high, shape.end + child.low];
    shape.high = high > shape.high ? high : shape.high;
    shape.low = low < shape.low ? low : shape.low;
    shape.quote += begin * integer(child.volume) + child.quote;
    shape.takerQuote += begin * integer(child.takerVolume) + child.takerQuote;
    shape.volume += child.volume;
    shape.takerVolume += child.takerVolume;
    shape.span += child.span;
    shape.end += child.end;
  }
  return shape;
}
