/** A pair of assets that can be traded. */
export interface TradedSymbol {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** BREAK if its trading has stopped. */
  status: "TRADING" | "BREAK";
  /** Decimals with eight places, as the filters have them. */
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minNotional: string;
  /** assumed: roughly its price, for market orders. */
  readonly price: string;
}

/** The symbols that a small bot trades. assumed: the filters are plausible, but not the real ones. */
export const symbols: readonly TradedSymbol[] = ["USDT", "USDC"].flatMap((quoteAsset) => [
  symbol("BTC", quoteAsset, "0.01000000", "0.00001000", "90000.00000000"),
  symbol("ETH", quoteAsset, "0.01000000", "0.00010000", "3000.00000000"),
  symbol("BNB", quoteAsset, "0.01000000", "0.00100000", "850.00000000"),
]);

function symbol(
  baseAsset: string,
  quoteAsset: string,
  tickSize: string,
  stepSize: string,
  price: string,
): TradedSymbol {
  const names = { symbol: `${baseAsset}${quoteAsset}`, baseAsset, quoteAsset };
  return { ...names, status: "TRADING", tickSize, stepSize, minNotional: "5.00000000", price };
}
