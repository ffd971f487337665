/** An order as Binance's API documents its parameters. */
export type OrderParameters = Readonly<Record<string, string>>;

/** The orders that every judge sends. */
export interface Orders {
  /** An order that rests in the book. */
  limit: OrderParameters;
  /** An order that waits for its stop price. */
  stop: OrderParameters;
  /** Each filter, and an order that it refuses when it is sent this many times. */
  filters: Record<string, { order: OrderParameters; times: number }>;
}

/** @param price the price of BTCUSDC */
export function ordersAround(price: number): Orders {
  const around = (factor: number, places = 2) => (price * factor).toFixed(places);
  const market = { symbol: "BTCUSDC", side: "BUY", quantity: "0.001" };
  const limit = { ...market, type: "LIMIT", timeInForce: "GTC", price: around(0.9) };
  const stop = {
    ...limit,
    side: "SELL",
    type: "STOP_LOSS_LIMIT",
    stopPrice: around(0.9),
    price: around(0.89),
  };
  const refused: Record<string, OrderParameters> = {
    // Half a tick more than a price may have.
    PRICE_FILTER: { ...limit, price: `${limit.price}5` },
    PERCENT_PRICE_BY_SIDE: { ...limit, price: around(0.1) },
    LOT_SIZE: { ...limit, quantity: "0.0010005" },
    NOTIONAL: { ...limit, quantity: "0.00001" },
    ICEBERG_PARTS: { ...limit, quantity: "0.01", icebergQty: "0.00005" },
    MARKET_LOT_SIZE: { ...market, type: "MARKET", quantity: "1000" },
    TRAILING_DELTA: { ...market, side: "SELL", type: "STOP_LOSS", trailingDelta: "1" },
  };
  return {
    limit,
    stop,
    filters: {
      ...Object.fromEntries(Object.entries(refused).map(([name, order]) => [name, { order, times: 1 }])),
      // Five are allowed.
      MAX_NUM_ALGO_ORDERS: { order: { ...stop, quantity: "0.0001" }, times: 6 },
    },
  };
}
