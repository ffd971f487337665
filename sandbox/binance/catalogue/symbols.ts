import { parseDecimal, roundToStep } from "../decimal.ts";
import { filtersWith, type SymbolFilters } from "./filters.ts";

/** A pair of assets that can be traded. */
export interface TradedSymbol {
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** BREAK or HALT if its trading has stopped. */
  status: SymbolStatus;
  readonly isTrading: boolean;
  readonly filters: SymbolFilters;
  /** Roughly its price, around which the market moves. */
  readonly price: bigint;
  /** The mean quantity of a trade between others. */
  readonly meanQuantity: bigint;
  /** Symbols with the same values move together, such as a coin's price in two kinds of dollars. */
  readonly path: { name: string; price: bigint };
}

export type SymbolStatus = "TRADING" | "HALT" | "BREAK";

/** assumed: roughly the prices of 2026. */
const coins = [
  { asset: "BTC", price: "90000", tick: "0.01", step: "0.00001", mean: "0.02", marketMaximum: "120" },
  { asset: "ETH", price: "3000", tick: "0.01", step: "0.0001", mean: "0.5", marketMaximum: "2500" },
  { asset: "BNB", price: "850", tick: "0.01", step: "0.001", mean: "1", marketMaximum: "2500" },
  { asset: "SOL", price: "140", tick: "0.01", step: "0.001", mean: "6", marketMaximum: "9000" },
];

/** USDC costs a little less than USDT, and is traded less. */
const dollars = [
  { quoteAsset: "USDT", perMille: 1000n, activity: 3n },
  { quoteAsset: "USDC", perMille: 1001n, activity: 1n },
];

/** What a small bot trades. assumed: the filters are like those of Binance's large pairs, but not the same numbers. */
export function newSymbols(): TradedSymbol[] {
  return listed.map((details) => {
    const symbol: TradedSymbol = {
      ...details,
      status: "TRADING",
      get isTrading() {
        return symbol.status === "TRADING";
      },
    };
    return symbol;
  });
}

type Details = Omit<TradedSymbol, "status" | "isTrading">;

const listed: readonly Details[] = [
  ...dollars.flatMap((dollar) => coins.map((coin) => inDollars(coin, dollar))),
  inBitcoin("ETH", { price: "0.0333", tick: "0.00001", step: "0.0001", mean: "0.5", marketMaximum: "2500" }),
  inBitcoin("BNB", { price: "0.00944", tick: "0.000001", step: "0.001", mean: "1", marketMaximum: "2500" }),
];

interface Numbers {
  price: string;
  tick: string;
  step: string;
  mean: string;
  marketMaximum: string;
}

function inDollars(
  { asset, ...numbers }: Numbers & { asset: string },
  { quoteAsset, perMille, activity }: (typeof dollars)[number],
): Details {
  const inOne = symbol(asset, quoteAsset, numbers, { maxPrice: "1000000", minNotional: "5" });
  return {
    ...inOne,
    price: roundToStep((inOne.price * perMille) / 1000n, inOne.filters.priceFilter.tickSize, "down"),
    meanQuantity: inOne.meanQuantity * activity,
    path: { name: `${asset}/USD`, price: inOne.price },
  };
}

function inBitcoin(asset: string, numbers: Numbers): Details {
  return symbol(asset, "BTC", numbers, { maxPrice: "922327", minNotional: "0.0001" });
}

function symbol(
  baseAsset: string,
  quoteAsset: string,
  { price, mean, ...numbers }: Numbers,
  limits: { maxPrice: string; minNotional: string },
): Details {
  return {
    symbol: `${baseAsset}${quoteAsset}`,
    baseAsset,
    quoteAsset,
    filters: filtersWith({ ...numbers, ...limits }),
    price: parseDecimal(price),
    meanQuantity: parseDecimal(mean),
    path: { name: `${baseAsset}/${quoteAsset}`, price: parseDecimal(price) },
  };
}
