import { formatDecimal, formatShort, parseDecimal } from "../decimal.ts";

/** A symbol's filters, as filters.md documents them. Amounts and factors are integers in units of 1e-8. */
export interface SymbolFilters {
  readonly priceFilter: { minPrice: bigint; maxPrice: bigint; tickSize: bigint };
  readonly lotSize: LotSize;
  readonly icebergParts: number;
  /** Zeros switch a part of it off. */
  readonly marketLotSize: LotSize;
  /** In basis points. */
  readonly trailingDelta: {
    minTrailingAboveDelta: number;
    maxTrailingAboveDelta: number;
    minTrailingBelowDelta: number;
    maxTrailingBelowDelta: number;
  };
  readonly percentPriceBySide: {
    bidMultiplierUp: bigint;
    bidMultiplierDown: bigint;
    askMultiplierUp: bigint;
    askMultiplierDown: bigint;
    avgPriceMins: number;
  };
  readonly notional: {
    minNotional: bigint;
    applyMinToMarket: boolean;
    maxNotional: bigint;
    applyMaxToMarket: boolean;
    avgPriceMins: number;
  };
  readonly maxNumOrders: number;
  readonly maxNumOrderLists: number;
  readonly maxNumAlgoOrders: number;
  readonly maxNumOrderAmends: number;
}

export interface LotSize {
  minQty: bigint;
  maxQty: bigint;
  stepSize: bigint;
}

/** The filters of a symbol. What isn't an argument is the same for all, as it is for Binance's large pairs. */
export function filtersWith(different: {
  tick: string;
  step: string;
  maxPrice: string;
  minNotional: string;
  marketMaximum: string;
}): SymbolFilters {
  const [tickSize, stepSize] = [parseDecimal(different.tick), parseDecimal(different.step)];
  return {
    priceFilter: { minPrice: tickSize, maxPrice: parseDecimal(different.maxPrice), tickSize },
    lotSize: { minQty: stepSize, maxQty: parseDecimal("9000"), stepSize },
    icebergParts: 100,
    marketLotSize: { minQty: 0n, maxQty: parseDecimal(different.marketMaximum), stepSize: 0n },
    trailingDelta: {
      minTrailingAboveDelta: 10,
      maxTrailingAboveDelta: 2000,
      minTrailingBelowDelta: 10,
      maxTrailingBelowDelta: 2000,
    },
    percentPriceBySide: {
      bidMultiplierUp: parseDecimal("5"),
      bidMultiplierDown: parseDecimal("0.2"),
      askMultiplierUp: parseDecimal("5"),
      askMultiplierDown: parseDecimal("0.2"),
      avgPriceMins: 5,
    },
    notional: {
      minNotional: parseDecimal(different.minNotional),
      applyMinToMarket: true,
      maxNotional: parseDecimal("9000000"),
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    maxNumOrders: 200,
    maxNumOrderLists: 20,
    maxNumAlgoOrders: 5,
    maxNumOrderAmends: 10,
  };
}

/** The filters as exchangeInfo has them. */
export function filtersJson(filters: SymbolFilters): object[] {
  return [
    { filterType: "PRICE_FILTER", ...written(filters.priceFilter) },
    { filterType: "LOT_SIZE", ...written(filters.lotSize) },
    { filterType: "ICEBERG_PARTS", limit: filters.icebergParts },
    { filterType: "MARKET_LOT_SIZE", ...written(filters.marketLotSize) },
    { filterType: "TRAILING_DELTA", ...filters.trailingDelta },
    { filterType: "PERCENT_PRICE_BY_SIDE", ...written(filters.percentPriceBySide, formatShort) },
    { filterType: "NOTIONAL", ...written(filters.notional) },
    { filterType: "MAX_NUM_ORDERS", maxNumOrders: filters.maxNumOrders },
    { filterType: "MAX_NUM_ORDER_LISTS", maxNumOrderLists: filters.maxNumOrderLists },
    { filterType: "MAX_NUM_ALGO_ORDERS", maxNumAlgoOrders: filters.maxNumAlgoOrders },
    { filterType: "MAX_NUM_ORDER_AMENDS", maxNumOrderAmends: filters.maxNumOrderAmends },
  ];
}

/** assumed: amounts have eight places, and factors no zeros at the end. */
function written(filter: object, format = formatDecimal): object {
  return Object.fromEntries(
    Object.entries(filter).map(([name, value]: [string, unknown]) => [
      name,
      typeof value === "bigint" ? format(value) : value,
    ]),
  );
}
