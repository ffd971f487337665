/** A pair of assets that can be traded. */
export interface TradedSymbol {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** BREAK where it was delisted. */
  status: "TRADING" | "BREAK";
  /** Decimals with eight places, as the filters have them. */
  readonly tickSize: string;
  readonly stepSize: string;
  readonly minNotional: string;
  /** assumed: about what it is worth, for market orders. */
  readonly price: string;
}

/** The few that a small bot trades. assumed: the filters are plausible, and not those of any day. */
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
