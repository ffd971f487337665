import { formatDecimal, formatStep } from "../../decimal.ts";
import { fundingRate, nextFunding } from "../../futures/advance.ts";
import type { Market } from "../../market/market.ts";
import type { BookLevel } from "../../market/types.ts";

// The events of market streams that only futures have, with the documented fields.

/** All prices are the latest price, because the basis is always zero. */
export function markPriceEvent(market: Market, symbol: string, time: number): object {
  const price = formatDecimal(market.priceAt(symbol, time));
  return {
    e: "markPriceUpdate",
    E: time,
    s: symbol,
    ...{ p: price, i: price, P: price, ap: price },
    r: formatDecimal(fundingRate),
    T: nextFunding(time),
    st: 1,
  };
}

export function bookEvent(market: Market, symbol: string, time: number): object {
  const { bids, asks, lastUpdateId } = market.book(symbol, time, 1);
  const format = levelFormat(market, symbol);
  const [bid, ask] = [bids, asks].map(([best]) => (best ? format(best) : ["0", "0"]));
  return {
    e: "bookTicker",
    u: lastUpdateId,
    s: symbol,
    ps: symbol,
    b: bid?.[0],
    B: bid?.[1],
    a: ask?.[0],
    A: ask?.[1],
    E: time,
    T: time,
    st: 1,
  };
}

export function partialDepthEvent(market: Market, symbol: string, levels: number, time: number): object {
  const { bids, asks, lastUpdateId } = market.book(symbol, time, levels);
  const format = levelFormat(market, symbol);
  return {
    e: "depthUpdate",
    E: time,
    T: time,
    s: symbol,
    // assumed: each event stands for itself.
    ...{ U: lastUpdateId, u: lastUpdateId, pu: lastUpdateId - 1 },
    b: bids.map(format),
    a: asks.map(format),
    ps: symbol,
    st: 1,
  };
}

/** Levels have the digits that they have in snapshots. */
export function levelFormat(market: Market, symbol: string): (level: BookLevel) => [string, string] {
  const { priceFilter, lotSize } = market.filtersOf(symbol);
  return ({ price, quantity }) => [
    formatStep(price, priceFilter.tickSize),
    formatStep(quantity, lotSize.stepSize),
  ];
}
