import type { Call, Route } from "../../call.ts";
import { formatDecimal } from "../../decimal.ts";
import { statusMismatch } from "../../errors.ts";
import type { BookLevel } from "../../market/types.ts";
import { limitIn, symbolIn, symbolStatusIn } from "./parameters.ts";
import { eachOf, namedCount, selectedSymbols, selecting } from "./selection.ts";

export const bookRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/v3/depth",
    weight: depthWeight,
    security: "NONE",
    parameters: ["symbol", "limit", "symbolStatus"],
    answer: depth,
  },
  {
    method: "GET",
    path: "/api/v3/ticker/bookTicker",
    weight: (values) => (namedCount(values) === 1 && values.has("symbol") ? 2 : 4),
    security: "NONE",
    parameters: selecting,
    answer: bookTicker,
  },
];

const usualDepth = 100;
/** Documented: the most levels that a client may request. The book may have fewer. */
const maximumDepth = 5000;

/** Documented: by the limit. */
function depthWeight(values: ReadonlyMap<string, string>): number {
  const limit = Number(values.get("limit") ?? usualDepth);
  const [, weight = 250] =
    [[100, 5] as const, [500, 25] as const, [1000, 50] as const].find(([most]) => limit <= most) ?? [];
  return weight;
}

function depth(call: Call): object {
  const { exchange, values } = call;
  const symbol = symbolIn(call);
  const status = symbolStatusIn(values);
  if (status !== undefined && status !== symbol.status) {
    throw statusMismatch();
  }
  const limit = limitIn(values, usualDepth, maximumDepth);
  const book = exchange.market.book(symbol.symbol, exchange.clock.now().getTime(), limit);
  return { lastUpdateId: book.lastUpdateId, bids: book.bids.map(pair), asks: book.asks.map(pair) };
}

function pair({ price, quantity }: BookLevel): string[] {
  return [formatDecimal(price), formatDecimal(quantity)];
}

function bookTicker(call: Call): object {
  return eachOf(selectedSymbols(call, { needed: false }), ({ symbol }) => ({
    symbol,
    ...bestPrices(call, symbol),
  }));
}

/** The best prices of a book, as tickers show them. */
export function bestPrices({ exchange }: Call, symbol: string): object {
  const { bids, asks } = exchange.market.book(symbol, exchange.clock.now().getTime(), 1);
  const [bid, ask] = [bids[0], asks[0]];
  return {
    bidPrice: formatDecimal(bid?.price ?? 0n),
    bidQty: formatDecimal(bid?.quantity ?? 0n),
    askPrice: formatDecimal(ask?.price ?? 0n),
    askQty: formatDecimal(ask?.quantity ?? 0n),
  };
}
