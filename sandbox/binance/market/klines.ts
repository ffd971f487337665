import { beginOf, endOf, type Interval } from "./intervals.ts";
import { marketOpened } from "./slots.ts";
import type { SymbolMarket } from "./symbol-market.ts";
import type { Kline } from "./types.ts";

/** Which klines are wanted. */
export interface KlineQuery {
  interval: Interval;
  /** How far the time zone is ahead of UTC, in milliseconds. */
  offset?: number;
  /** The earliest open time. */
  from?: number | undefined;
  /** The latest open time. */
  to?: number | undefined;
  limit: number;
}

/** The kline that contains a time, with the trades until then; undefined before the market opened. */
export function klineAt(
  market: SymbolMarket,
  interval: Interval,
  time: number,
  offset = 0,
): Kline | undefined {
  return klineFrom(market, interval, { begin: beginOf(interval, time, offset), offset, now: time });
}

/** Documented: the oldest from `from` on, or else the most recent ones until `to`. */
export function klines(market: SymbolMarket, query: KlineQuery, now: number): Kline[] {
  const { interval, offset = 0, limit } = query;
  const last = Math.min(query.to ?? now, now);
  const first = Math.max(query.from ?? -Infinity, beginOf(interval, marketOpened, offset));
  const found: Kline[] = [];
  const add = (begin: number) => {
    const kline = klineFrom(market, interval, { begin, offset, now });
    if (kline) {
      found.push(kline);
    }
  };
  if (query.from === undefined) {
    for (
      let begin = beginOf(interval, last, offset);
      begin >= first && found.length < limit;
      begin = beginOf(interval, begin - 1, offset)
    ) {
      add(begin);
    }
    return found.reverse();
  }
  const begun = beginOf(interval, first, offset);
  for (
    let begin = begun < first ? endOf(interval, begun, offset) : begun;
    begin <= last && found.length < limit;
    begin = endOf(interval, begin, offset)
  ) {
    add(begin);
  }
  return found;
}

function klineFrom(
  market: SymbolMarket,
  interval: Interval,
  { begin, offset, now }: { begin: number; offset: number; now: number },
): Kline | undefined {
  const end = endOf(interval, begin, offset);
  const summary = market.summary(begin, Math.min(end, now + 1));
  return summary && { openTime: begin, closeTime: end - 1, ...summary };
}
