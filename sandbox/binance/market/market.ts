import { RuleViolation } from "../../emulator/rule-violation.ts";
import type { SymbolFilters } from "../catalogue/filters.ts";
import type { TradedSymbol } from "../catalogue/symbols.ts";
import { divide, formatShort } from "../decimal.ts";
import type { Fill } from "./fills.ts";
import type { Interval } from "./intervals.ts";
import { klineAt, type KlineQuery, klines } from "./klines.ts";
import { bookAt, levelsPerSide } from "./ladder.ts";
import { staircase } from "./moves.ts";
import { slotAt, slotFrom, startOf } from "./slots.ts";
import { SymbolMarket } from "./symbol-market.ts";
import { type PriceChange, priceChange } from "./tickers.ts";
import type { Book, Kline, Summary, Trade } from "./types.ts";

const day = 86_400_000;
/** A price that moves on must stay positive: below this part of a symbol's usual price it can only be pinned. */
const lowestPart = 0.5;

/**
 * The whole market, as a pure function of a seed and the time. Nothing is stored but what was done to it: moves of a
 * price, and the account's fills. A time is always an argument, and says what has happened until then.
 */
export class Market {
  readonly symbols: readonly TradedSymbol[];
  readonly #markets: ReadonlyMap<string, SymbolMarket>;

  /** @param options.moved the market whose moves this one follows, such as that of futures follows the spot market */
  constructor({ seed, symbols, moved }: { seed: number; symbols: readonly TradedSymbol[]; moved?: Market }) {
    this.symbols = symbols;
    this.#markets = new Map(
      symbols.map((symbol) => {
        const moves = moved ? moved.#of(symbol.symbol).moves : undefined;
        return [symbol.symbol, new SymbolMarket(symbol, seed, moves)];
      }),
    );
  }

  symbol(name: string): TradedSymbol | undefined {
    return this.#markets.get(name)?.symbol;
  }

  filtersOf(name: string): SymbolFilters {
    return this.#of(name).symbol.filters;
  }

  /** The latest trade at a time. */
  lastTrade(symbol: string, time: number): Trade {
    return this.#of(symbol).lastTrade(time);
  }

  /** The price of the latest trade at a time. */
  priceAt(symbol: string, time: number): bigint {
    return this.lastTrade(symbol, time).price;
  }

  /** The trades in [from, to), in the order of time, with unbroken ids. */
  tradesBetween(symbol: string, from: number, to: number): Trade[] {
    return this.#of(symbol).tradesBetween(from, to);
  }

  /** At most `count` trades with ids from this one on, until a time. */
  tradesFrom(symbol: string, id: number, count: number, time: number): Trade[] {
    const market = this.#of(symbol);
    const last = Math.min(market.lastTrade(time).id, id + count - 1);
    const first = Math.max(0, id);
    if (first > last) {
      return [];
    }
    const trades = market.tradesBetween(market.timeOfTrade(first), market.timeOfTrade(last) + 1);
    return trades.filter((trade) => trade.id >= first && trade.id <= last);
  }

  /** The sum of the trades in [from, to); undefined if there are none. */
  summary(symbol: string, from: number, to: number): Summary | undefined {
    return this.#of(symbol).summary(from, to);
  }

  klines(symbol: string, query: KlineQuery, now: number): Kline[] {
    return klines(this.#of(symbol), query, now);
  }

  /** The kline that contains a time, with the trades until then. */
  klineAt(symbol: string, interval: Interval, time: number, offset = 0): Kline | undefined {
    return klineAt(this.#of(symbol), interval, time, offset);
  }

  /** What has changed in the 24 hours before a time. */
  ticker24h(symbol: string, time: number): PriceChange | undefined {
    return this.priceChange(symbol, time - day, time);
  }

  /** What has changed in [from, to]. */
  priceChange(symbol: string, from: number, to: number): PriceChange | undefined {
    return priceChange(this.#of(symbol), from, to);
  }

  /** The average price of the last minutes, weighted by volume; the last price for 0 minutes. */
  averagePrice(symbol: string, time: number, minutes: number): bigint {
    const summary = this.summary(symbol, time - minutes * 60_000 + 1, time + 1);
    return minutes === 0 || summary === undefined
      ? this.priceAt(symbol, time)
      : divide(summary.quoteVolume, summary.volume, "down");
  }

  /** The lowest and the highest price of the trades after `from` and not after `to`; undefined if there are none. */
  extremes(symbol: string, from: number, to: number): { low: bigint; high: bigint } | undefined {
    return this.summary(symbol, from + 1, to + 1);
  }

  /** The book, which changes only when a slot of 100 ms begins. The account's own orders are not in it. */
  book(symbol: string, time: number, depth = levelsPerSide): Book {
    return bookAt(this.#of(symbol), time, depth);
  }

  /** The first trade between others at or beyond a price, after `from` and not after `to`. It is searched, not enumerated. */
  firstTrade(
    symbol: string,
    direction: "at-or-below" | "at-or-above",
    price: bigint,
    from: number,
    to: number,
  ): Trade | undefined {
    const way = direction === "at-or-below" ? "down" : "up";
    return this.#of(symbol).firstTradeAtOrThrough(way, price, from + 1, to + 1);
  }

  /** Adds a fill of the account to the trades. @returns the trade, with its id */
  addFill(symbol: string, fill: Fill): Trade {
    return this.#of(symbol).recordFill(fill);
  }

  /** The clock was set back: what the account was filled later has not been traded yet. */
  forgetFillsAfter(time: number): void {
    for (const market of this.#markets.values()) {
      market.fills.forgetAfter(time);
    }
  }

  /**
   * Moves a price. It begins with the next slot, so that nobody sees another past, and keeps moving afterwards.
   *
   * @param within how long the price is on its way, in milliseconds
   * @returns when the price is there
   */
  movePrice(symbol: string, price: bigint, { now, within = 0 }: { now: number; within?: number }): number {
    const market = this.#of(symbol);
    checkPrice(market, price);
    const lowest = market.scale.price(Math.ceil(market.scale.ticks(market.symbol.price) * lowestPart));
    if (price < lowest) {
      throw new RuleViolation(
        `${symbol} can move to ${formatShort(lowest)} or higher; a lower price can be pinned`,
      );
    }
    const slots = { from: slotAt(now) + 1, last: slotFrom(now + within) };
    slots.last = Math.max(slots.from, slots.last);
    market.moves.add(
      ...staircase(
        {
          begin: market.ticksAt(slots.from - 1) - market.path.priceAt(slots.from - 1),
          end: market.scale.ticks(price) - market.path.priceAt(slots.last),
        },
        slots,
      ),
    );
    return startOf(slots.last);
  }

  /** Holds a price, from the next slot on. @returns when it begins */
  pinPrice(symbol: string, price: bigint, now: number): number {
    const market = this.#of(symbol);
    checkPrice(market, price);
    const from = slotAt(now) + 1;
    market.moves.add({ kind: "pin", from, ticks: market.scale.ticks(price) });
    return startOf(from);
  }

  /** Returns a price to its own path, from the next slot on. @returns when it begins */
  releasePrice(symbol: string, now: number): number {
    const from = slotAt(now) + 1;
    this.#of(symbol).moves.add({ kind: "shift", from, ticks: 0 });
    return startOf(from);
  }

  #of(name: string): SymbolMarket {
    const market = this.#markets.get(name);
    if (market === undefined) {
      throw new RuleViolation(`there is no symbol "${name}"`);
    }
    return market;
  }
}

function checkPrice({ symbol }: SymbolMarket, price: bigint): void {
  const { minPrice, maxPrice, tickSize } = symbol.filters.priceFilter;
  if (price < minPrice || price > maxPrice || price % tickSize !== 0n) {
    throw new RuleViolation(
      `a price of ${symbol.symbol} must be a multiple of ${formatShort(tickSize)} from ${formatShort(minPrice)} to ${formatShort(maxPrice)}`,
    );
  }
}
