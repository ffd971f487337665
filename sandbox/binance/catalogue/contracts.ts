import { parseDecimal } from "../decimal.ts";
import { filtersWith } from "./filters.ts";
import type { TradedSymbol } from "./symbols.ts";

/** A perpetual contract that is margined in USDT. */
export interface Contract extends TradedSymbol {
  /** How many digits after the point its prices and quantities have. */
  readonly places: { price: number; quantity: number };
  /** How far a limit price may be from the mark price, as a factor. */
  readonly priceMultiplier: { up: bigint; down: bigint };
  /** The larger a position is, the less leverage it may have. In the order of size. */
  readonly brackets: readonly Bracket[];
}

/** The leverage and margin of positions up to a value. */
export interface Bracket {
  /** The greatest value of a position, in USDT. */
  readonly cap: bigint;
  readonly leverage: number;
  /** The part of a position's value that must stay as margin. */
  readonly maintenance: bigint;
}

/** The asset that all margins, profits and commissions are in. */
export const marginAsset = "USDT";

/** assumed: steps and smallest orders are roughly those of 2026. Ticks are those of the spot market, because the price is. */
const listed = [
  { symbol: "BTCUSDT", step: "0.001", quantity: 3, minNotional: "50", marketMaximum: "120" },
  { symbol: "ETHUSDT", step: "0.001", quantity: 3, minNotional: "20", marketMaximum: "2000" },
  { symbol: "BNBUSDT", step: "0.01", quantity: 2, minNotional: "5", marketMaximum: "2000" },
  { symbol: "SOLUSDT", step: "0.01", quantity: 2, minNotional: "5", marketMaximum: "8000" },
];

/** assumed: roughly those of BTCUSDT, for all contracts. */
const brackets: readonly Bracket[] = [
  { cap: "300000", leverage: 125, maintenance: "0.004" },
  { cap: "800000", leverage: 100, maintenance: "0.005" },
  { cap: "3000000", leverage: 75, maintenance: "0.0065" },
  { cap: "12000000", leverage: 50, maintenance: "0.01" },
  { cap: "70000000", leverage: 20, maintenance: "0.02" },
  { cap: "230000000", leverage: 10, maintenance: "0.05" },
  { cap: "1800000000", leverage: 1, maintenance: "0.5" },
].map(({ cap, leverage, maintenance }) => ({
  cap: parseDecimal(cap),
  leverage,
  maintenance: parseDecimal(maintenance),
}));

/** assumed: futures are traded this many times as much as the same pair on the spot market. */
const activity = 5n;

/** The contracts. Each follows the spot market's price of the same name: the basis is always zero. */
export function newContracts(symbols: readonly TradedSymbol[]): Contract[] {
  return listed.flatMap(({ symbol, step, quantity, minNotional, marketMaximum }): Contract[] => {
    const spot = symbols.find((one) => one.symbol === symbol);
    return spot
      ? [
          {
            ...spot,
            status: "TRADING",
            isTrading: true,
            meanQuantity: spot.meanQuantity * activity,
            filters: filtersWith({ tick: "0.01", step, maxPrice: "4529764", minNotional, marketMaximum }),
            places: { price: 2, quantity },
            priceMultiplier: { up: parseDecimal("1.05"), down: parseDecimal("0.95") },
            brackets,
          },
        ]
      : [];
  });
}
