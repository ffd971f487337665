import type { Summary, Trade } from "./types.ts";

/** A summary without the ids of its trades. */
export type Amounts = Omit<Summary, "firstTradeId" | "lastTradeId">;

/** Adds what came later to what came earlier. */
export function joined(earlier: Amounts | undefined, later: Amounts): Amounts {
  if (earlier === undefined) {
    return later;
  }
  return {
    open: earlier.open,
    high: later.high > earlier.high ? later.high : earlier.high,
    low: later.low < earlier.low ? later.low : earlier.low,
    close: later.close,
    volume: earlier.volume + later.volume,
    quoteVolume: earlier.quoteVolume + later.quoteVolume,
    takerBuyVolume: earlier.takerBuyVolume + later.takerBuyVolume,
    takerBuyQuoteVolume: earlier.takerBuyQuoteVolume + later.takerBuyQuoteVolume,
  };
}

/** A single trade as a summary. */
export function amountsOf({ price, quantity, quoteQuantity, isBuyerMaker }: Trade): Amounts {
  return {
    ...{ open: price, high: price, low: price, close: price },
    ...{ volume: quantity, quoteVolume: quoteQuantity },
    takerBuyVolume: isBuyerMaker ? 0n : quantity,
    takerBuyQuoteVolume: isBuyerMaker ? 0n : quoteQuantity,
  };
}
