import { beginOf, endOf } from "../../market/intervals.ts";
import type { Market } from "../../market/market.ts";
import { DepthFeed } from "./depth-feed.ts";
import {
  aggTradeEvent,
  avgPriceEvent,
  bookTickerEvent,
  klineEvent,
  miniTickerEvent,
  partialDepthEvent,
  tickerEvent,
  tradeEvent,
  windowTickerEvent,
} from "./events.ts";
import { type KlineStream, parseStreamName, type StreamName, type SymbolStream } from "./stream-name.ts";

/** A stream that is watched. */
export interface Channel {
  /** How often it may have events, in milliseconds. All channels are aligned to the clock. */
  period: number;
  /** The events since the last call. */
  eventsAt: (time: number) => object[];
  /** Whether it is a diff of a book, whose events depend on each other. */
  isDiff: boolean;
}

/** "Real-time" is as often as the market changes. */
const realTime = 100;
/** The most trades that are sent at once. The others follow with the next ones. */
const tradesAtOnce = 1000;

/** The most klines that are sent after a jump of the clock. */
const klinesAtOnce = 100;

/** Starts the stream with this name. @returns undefined if there is no such stream */
export function openStream(market: Market, stream: string, time: number): Channel | undefined {
  const name = parseStreamName(stream);
  return name && openChannel(market, name, time);
}

/** Starts a stream. It has events of what happens after this time. */
export function openChannel(market: Market, name: StreamName, time: number): Channel {
  if ("symbol" in name) {
    // assumed: a stream of a symbol that doesn't exist has no events. It isn't refused.
    return market.symbol(name.symbol) ? symbolChannel(market, name, time) : every(60_000, () => undefined);
  }
  return every(1000, (at) => {
    const events = market.symbols.map(({ symbol }) =>
      name.kind === "allMiniTickers"
        ? miniTickerEvent(market, symbol, at)
        : windowTickerEvent(market, symbol, name.window, at),
    );
    return events.filter((event) => event !== undefined);
  });
}

function symbolChannel(market: Market, name: SymbolStream & { symbol: string }, time: number): Channel {
  const { symbol } = name;
  switch (name.kind) {
    case "trade":
      return trades(market, symbol, time, tradeEvent);
    case "aggTrade":
      return trades(market, symbol, time, aggTradeEvent);
    case "kline":
      return klines(market, symbol, name, time);
    case "miniTicker":
      return every(1000, (at) => miniTickerEvent(market, symbol, at));
    case "ticker":
      return every(1000, (at) => tickerEvent(market, symbol, at));
    case "windowTicker":
      return every(1000, (at) => windowTickerEvent(market, symbol, name.window, at));
    case "avgPrice":
      return every(1000, (at) => avgPriceEvent(market, symbol, at));
    case "bookTicker":
      return bookTicker(market, symbol);
    case "partialDepth":
      return every(name.period, (at) => partialDepthEvent(market, symbol, name.levels, at));
    case "depth":
      return diffs(new DepthFeed(market, symbol, time), name.period);
  }
}

/** A stream with at most one event in each period. */
export function every(period: number, eventAt: (time: number) => object | undefined): Channel {
  return {
    period,
    isDiff: false,
    eventsAt: (time) => {
      const event = eventAt(time);
      return event ? [event] : [];
    },
  };
}

function diffs(feed: DepthFeed, period: number): Channel {
  return { ...every(period, (time) => feed.eventAt(time)), isDiff: true };
}

/** If the clock has jumped, the klines that ended in between are sent first. */
function klines(market: Market, symbol: string, name: KlineStream, opened: number): Channel {
  const { interval, offset } = name;
  let last = opened;
  return {
    period: interval === "1s" ? 1000 : 2000,
    isDiff: false,
    eventsAt: (time) => {
      const times: number[] = [];
      for (let end = last; end < time; end = endOf(interval, beginOf(interval, end, offset), offset)) {
        times.push(end);
      }
      last = time;
      const missed = times.slice(1).slice(-klinesAtOnce);
      return [...missed, time].flatMap((at) => klineEvent(market, symbol, name, at) ?? []);
    },
  };
}

/** Goes by ids: one of the account's fills may be recorded after others of the same time were sent. */
function trades(
  market: Market,
  symbol: string,
  opened: number,
  eventOf: (symbol: string, trade: ReturnType<Market["lastTrade"]>, time: number) => object,
): Channel {
  let last = market.lastTrade(symbol, opened).id;
  return {
    period: realTime,
    isDiff: false,
    eventsAt: (time) => {
      const found = market.tradesFrom(symbol, last + 1, tradesAtOnce, time);
      last = found.at(-1)?.id ?? last;
      return found.map((trade) => eventOf(symbol, trade, time));
    },
  };
}

/** Documented: only changes of the best prices and their quantities. */
function bookTicker(market: Market, symbol: string): Channel {
  let before = "";
  return every(realTime, (time) => {
    const { bids, asks } = market.book(symbol, time, 1);
    const best = [...bids, ...asks].map(({ price, quantity }) => `${price} ${quantity}`).join(" ");
    const isNew = best !== before;
    before = best;
    return isNew ? bookTickerEvent(market, symbol, time) : undefined;
  });
}
