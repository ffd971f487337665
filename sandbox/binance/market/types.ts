// What the market shows. Prices and amounts are integers in units of 1e-8; times are milliseconds since 1970.

/** A trade between others, or one of the account's fills. */
export interface Trade {
  /** Without gaps, in the order of time. */
  id: number;
  time: number;
  price: bigint;
  quantity: bigint;
  /** Price times quantity. */
  quoteQuantity: bigint;
  /** Whether the seller was the taker. */
  isBuyerMaker: boolean;
}

/** All trades of some time, summed up. */
export interface Summary {
  open: bigint;
  high: bigint;
  low: bigint;
  close: bigint;
  volume: bigint;
  quoteVolume: bigint;
  takerBuyVolume: bigint;
  takerBuyQuoteVolume: bigint;
  firstTradeId: number;
  lastTradeId: number;
}

export interface Kline extends Summary {
  openTime: number;
  /** The last millisecond, even if it is still to come. */
  closeTime: number;
}

/** The quantity that waits in the book at a price. */
export interface BookLevel {
  price: bigint;
  quantity: bigint;
}

/** The best prices come first. */
export interface Book {
  lastUpdateId: number;
  bids: BookLevel[];
  asks: BookLevel[];
}

export type OrderSide = "BUY" | "SELL";
