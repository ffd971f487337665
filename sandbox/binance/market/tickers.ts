import { divide } from "../decimal.ts";
import type { SymbolMarket } from "./symbol-market.ts";
import type { Summary } from "./types.ts";

/** What has changed in some time. */
export interface PriceChange extends Summary {
  openTime: number;
  closeTime: number;
  priceChange: bigint;
  /** In percent, in units of 1e-3. */
  priceChangePercent: bigint;
  weightedAveragePrice: bigint;
  /** The last price before the time began. */
  previousClose: bigint;
  lastQuantity: bigint;
}

/** The trades in [from, to]; undefined if there are none. */
export function priceChange(market: SymbolMarket, from: number, to: number): PriceChange | undefined {
  const summary = market.summary(from, to + 1);
  if (summary === undefined) {
    return undefined;
  }
  const change = summary.close - summary.open;
  return {
    ...summary,
    openTime: from,
    closeTime: to,
    priceChange: change,
    priceChangePercent: (change * 100_000n) / summary.open,
    weightedAveragePrice: divide(summary.quoteVolume, summary.volume, "down"),
    previousClose: market.lastTrade(from - 1).price,
    lastQuantity: market.lastTrade(to).quantity,
  };
}
