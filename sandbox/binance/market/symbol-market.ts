import type { TradedSymbol } from "../catalogue/symbols.ts";
import { type Fill, Fills } from "./fills.ts";
import { hash, hashText } from "./hash.ts";
import { Moves, type Stretch } from "./moves.ts";
import { type Direction, Path, type Placed } from "./path.ts";
import { Scale } from "./scale.ts";
import { pathWith } from "./shapes.ts";
import { slotAt, slotFrom, startOf } from "./slots.ts";
import { type Amounts, amountsOf, joined } from "./tally.ts";
import type { Summary, Trade } from "./types.ts";

/** assumed: the standard deviation of a price from trade to trade, which is a third of the price in a year. */
const deviation = 2e-5;
/** How far a price goes in one direction before it turns back. */
const limit = 0.06;

/** The market of one symbol: its path, what a person did to it, and the account's fills. */
export class SymbolMarket {
  readonly symbol: TradedSymbol;
  readonly scale: Scale;
  readonly moves: Moves;
  readonly fills = new Fills();
  readonly #seed: number;
  #path: Path | undefined;

  constructor(symbol: TradedSymbol, seed: number, moves = new Moves()) {
    this.symbol = symbol;
    this.moves = moves;
    this.scale = new Scale(symbol);
    this.#seed = hash(seed, hashText(symbol.path.name));
  }

  /** Made when it is first used: a symbol that nobody looks at costs nothing. */
  get path(): Path {
    this.#path ??= newPath(this.symbol, this.scale, this.#seed);
    return this.#path;
  }

  /** The price of the latest trade between others, in ticks. */
  ticksAt(slot: number): number {
    const { kind, ticks } = this.moves.at(slot);
    return kind === "pin" ? ticks : ticks + this.path.priceAt(slot);
  }

  /** The trade of a slot. */
  tradeAt(slot: number): Trade {
    return this.#tradeOf(this.path.tradeAt(slot), this.ticksAt(slot));
  }

  /** The latest trade at this time. */
  lastTrade(time: number): Trade {
    const slot = Math.max(0, slotAt(time));
    return this.fills.between(startOf(slot), time + 1).at(-1) ?? this.tradeAt(slot);
  }

  /** The trades in [from, to), in the order of time. */
  tradesBetween(from: number, to: number): Trade[] {
    const trades: Trade[] = [];
    for (let slot = slotFrom(from); slot < slotFrom(to); slot += 1) {
      trades.push(this.tradeAt(slot));
    }
    // A fill is always after the trade of its slot, which began at the same time or earlier.
    return [...trades, ...this.fills.between(from, to)].sort((one, other) => one.id - other.id);
  }

  /** The sum of the trades in [from, to); undefined if there are none. */
  summary(from: number, to: number): Summary | undefined {
    const [begin, end] = [slotFrom(from), slotFrom(to)];
    const [fillsBefore, fillsUntil] = [this.fills.countBefore(from), this.fills.countBefore(to)];
    if (begin >= end && fillsBefore === fillsUntil) {
      return undefined;
    }
    const slots = this.#amountsBetween(begin, end);
    const fills = this.fills.between(from, to);
    const sum = fills.reduce<Amounts | undefined>((total, fill) => joined(total, amountsOf(fill)), slots);
    const [first, last] = [fills.at(0), fills.at(-1)];
    // A fill is after the trade of its slot.
    const isFirst = first !== undefined && slotAt(first.time) < begin;
    const isBeforeLastSlot = last !== undefined && slotAt(last.time) < end - 1;
    return (
      sum && {
        ...sum,
        open: isFirst ? first.price : sum.open,
        close: slots && isBeforeLastSlot ? slots.close : sum.close,
        firstTradeId: begin + fillsBefore,
        lastTradeId: end + fillsUntil - 1,
      }
    );
  }

  /** The time of the trade with this id. */
  timeOfTrade(id: number): number {
    let [low, high] = [0, id];
    // The last slot with an id that isn't greater. Fills only add to a slot's number.
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.#idOfSlot(middle) <= id) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    const after = id - this.#idOfSlot(low);
    return after === 0 ? startOf(low) : this.fills.timeOf(this.fills.countBefore(startOf(low)) + after - 1);
  }

  /** The first trade between others in [from, to) that is at the price or beyond. */
  firstTradeAtOrThrough(direction: Direction, price: bigint, from: number, to: number): Trade | undefined {
    const wanted = this.scale.ticks(price, direction === "down" ? "down" : "up");
    for (const stretch of this.moves.in(slotFrom(from), slotFrom(to))) {
      const slot = this.#firstSlotIn(stretch, direction, wanted);
      if (slot !== undefined) {
        return this.tradeAt(slot);
      }
    }
    return undefined;
  }

  recordFill(fill: Fill): Trade {
    return this.fills.record(fill);
  }

  #firstSlotIn(stretch: Stretch, direction: Direction, ticks: number): number | undefined {
    const { from, to } = stretch;
    if (stretch.kind === "shift") {
      return this.path.firstSlotAtOrThrough({ direction, price: ticks - stretch.ticks, from, to });
    }
    return (direction === "down" ? stretch.ticks <= ticks : stretch.ticks >= ticks) ? from : undefined;
  }

  #amountsBetween(from: number, to: number): Amounts | undefined {
    let sum: Amounts | undefined;
    for (const stretch of this.moves.in(from, to)) {
      sum = joined(sum, this.#amountsOf(this.path.between(stretch.from, stretch.to), stretch));
    }
    return sum;
  }

  #amountsOf({ shape, price: begin }: Placed, { kind, ticks }: Stretch): Amounts {
    const { scale } = this;
    const isPin = kind === "pin";
    const price = (relative: number) => scale.price(isPin ? ticks : begin + ticks + relative);
    const base = BigInt(isPin ? ticks : begin + ticks);
    const quote = (volume: number, relative: bigint) =>
      scale.quote(base * BigInt(volume) + (isPin ? 0n : relative));
    return {
      open: price(shape.first),
      high: price(shape.high),
      low: price(shape.low),
      close: price(shape.end),
      volume: scale.quantity(shape.volume),
      quoteVolume: quote(shape.volume, shape.quote),
      takerBuyVolume: scale.quantity(shape.takerVolume),
      takerBuyQuoteVolume: quote(shape.takerVolume, shape.takerQuote),
    };
  }

  #tradeOf({ shape, slot }: Placed, ticks: number): Trade {
    const { scale } = this;
    return {
      id: this.#idOfSlot(slot),
      time: startOf(slot),
      price: scale.price(ticks),
      quantity: scale.quantity(shape.volume),
      quoteQuantity: scale.quote(BigInt(ticks) * BigInt(shape.volume)),
      isBuyerMaker: shape.takerVolume === 0,
    };
  }

  #idOfSlot(slot: number): number {
    return slot + this.fills.countBefore(startOf(slot));
  }
}

function newPath(symbol: TradedSymbol, scale: Scale, seed: number): Path {
  const ticks = scale.ticks(symbol.path.price);
  const shape = pathWith({
    seed,
    deviation: ticks * deviation,
    meanQuantity: scale.lots(symbol.meanQuantity),
    limit: Math.round(ticks * limit),
  });
  return new Path(shape, scale.ticks(symbol.price));
}
