import { formatDecimal } from "../../decimal.ts";
import type { Market } from "../../market/market.ts";
import type { PriceChange } from "../../market/tickers.ts";
import type { BookLevel, Trade } from "../../market/types.ts";
import type { KlineStream, Window } from "./stream-name.ts";

// The events of market streams, with the fields of web-socket-streams.md. All are pure functions of market and time.

const windows = { "1h": 3_600_000, "4h": 4 * 3_600_000, "1d": 86_400_000 };

export function tradeEvent(symbol: string, trade: Trade, time: number): object {
  const { id, price, quantity, isBuyerMaker } = trade;
  return {
    e: "trade",
    E: time,
    s: symbol,
    t: id,
    p: formatDecimal(price),
    q: formatDecimal(quantity),
    T: trade.time,
    m: isBuyerMaker,
    M: true,
  };
}

/** Here each trade has its own taker, so that none is aggregated. The REST API does the same. */
export function aggTradeEvent(symbol: string, trade: Trade, time: number): object {
  const { id, price, quantity, isBuyerMaker } = trade;
  return {
    e: "aggTrade",
    E: time,
    s: symbol,
    a: id,
    p: formatDecimal(price),
    q: formatDecimal(quantity),
    f: id,
    l: id,
    T: trade.time,
    m: isBuyerMaker,
    M: true,
  };
}

/** The kline that the last trades before this time belong to. At its end it is closed, so that no kline ends unseen. */
export function klineEvent(
  market: Market,
  symbol: string,
  { interval, offset }: KlineStream,
  time: number,
): object | undefined {
  const kline = market.klineAt(symbol, interval, time - 1, offset);
  return (
    kline && {
      e: "kline",
      E: time,
      s: symbol,
      k: {
        t: kline.openTime,
        T: kline.closeTime,
        s: symbol,
        i: interval,
        f: kline.firstTradeId,
        L: kline.lastTradeId,
        o: formatDecimal(kline.open),
        c: formatDecimal(kline.close),
        h: formatDecimal(kline.high),
        l: formatDecimal(kline.low),
        v: formatDecimal(kline.volume),
        n: kline.lastTradeId - kline.firstTradeId + 1,
        x: kline.closeTime < time,
        q: formatDecimal(kline.quoteVolume),
        V: formatDecimal(kline.takerBuyVolume),
        Q: formatDecimal(kline.takerBuyQuoteVolume),
        B: "0",
      },
    }
  );
}

export function miniTickerEvent(market: Market, symbol: string, time: number): object | undefined {
  const change = market.ticker24h(symbol, time);
  return (
    change && {
      e: "24hrMiniTicker",
      E: time,
      s: symbol,
      c: formatDecimal(change.close),
      o: formatDecimal(change.open),
      h: formatDecimal(change.high),
      l: formatDecimal(change.low),
      v: formatDecimal(change.volume),
      q: formatDecimal(change.quoteVolume),
    }
  );
}

export function tickerEvent(market: Market, symbol: string, time: number): object | undefined {
  const change = market.ticker24h(symbol, time);
  if (!change) {
    return undefined;
  }
  const [bid, ask] = bestOf(market, symbol, time);
  return {
    e: "24hrTicker",
    E: time,
    s: symbol,
    ...pricesOf(change),
    x: formatDecimal(change.previousClose),
    Q: formatDecimal(change.lastQuantity),
    b: bid?.[0],
    B: bid?.[1],
    a: ask?.[0],
    A: ask?.[1],
    ...countsOf(change),
  };
}

/** Documented: the window begins with a minute, so that it is up to a minute longer. */
export function windowTickerEvent(
  market: Market,
  symbol: string,
  window: Window,
  time: number,
): object | undefined {
  const from = Math.floor((time - windows[window]) / 60_000) * 60_000;
  const change = market.priceChange(symbol, from, time);
  return change && { e: `${window}Ticker`, E: time, s: symbol, ...pricesOf(change), ...countsOf(change) };
}

function pricesOf(change: PriceChange): object {
  return {
    p: formatDecimal(change.priceChange),
    P: formatPercent(change.priceChangePercent),
    w: formatDecimal(change.weightedAveragePrice),
    c: formatDecimal(change.close),
    o: formatDecimal(change.open),
    h: formatDecimal(change.high),
    l: formatDecimal(change.low),
    v: formatDecimal(change.volume),
    q: formatDecimal(change.quoteVolume),
  };
}

function countsOf({ openTime, closeTime, firstTradeId, lastTradeId }: PriceChange): object {
  return {
    O: openTime,
    C: closeTime,
    F: firstTradeId,
    L: lastTradeId,
    n: lastTradeId - firstTradeId + 1,
  };
}

export function bookTickerEvent(market: Market, symbol: string, time: number): object {
  const [bid, ask] = bestOf(market, symbol, time);
  const { lastUpdateId } = market.book(symbol, time, 1);
  return { u: lastUpdateId, s: symbol, b: bid?.[0], B: bid?.[1], a: ask?.[0], A: ask?.[1] };
}

function bestOf(market: Market, symbol: string, time: number): ([string, string] | undefined)[] {
  const { bids, asks } = market.book(symbol, time, 1);
  return [...bids, ...asks].map(formatLevel);
}

export function avgPriceEvent(market: Market, symbol: string, time: number): object {
  return {
    e: "avgPrice",
    E: time,
    s: symbol,
    i: "5m",
    w: formatDecimal(market.averagePrice(symbol, time, 5)),
    T: market.lastTrade(symbol, time).time,
  };
}

export function partialDepthEvent(market: Market, symbol: string, levels: number, time: number): object {
  const { lastUpdateId, bids, asks } = market.book(symbol, time, levels);
  return { lastUpdateId, bids: bids.map(formatLevel), asks: asks.map(formatLevel) };
}

export function formatLevel({ price, quantity }: BookLevel): [string, string] {
  return [formatDecimal(price), formatDecimal(quantity)];
}

/** @param percent in units of 1e-3 */
function formatPercent(percent: bigint): string {
  return formatDecimal(percent * 100_000n).slice(0, -5);
}
