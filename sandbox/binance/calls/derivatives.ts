import type { Call, Route } from "../call.ts";
import { type Contract, marginAsset } from "../catalogue/contracts.ts";
import { formatPlaces, formatShort, one } from "../decimal.ts";
import { maxAlgoOrders } from "../futures/conditional.ts";
import { marketOpened } from "../market/slots.ts";
import { futuresLimits } from "./futures/market.ts";

const publicCall = { method: "GET", weight: 1, security: "NONE", parameters: [] } as const;

/**
 * What clients need to load the markets of all products when they start: futures in USDT with their contracts, futures in
 * coins and options without any.
 */
export const derivativesRoutes: Route[] = ["/fapi/v1", "/dapi/v1", "/eapi/v1"].flatMap((prefix): Route[] => [
  { ...publicCall, path: `${prefix}/ping`, answer: () => ({}) },
  {
    ...publicCall,
    path: `${prefix}/time`,
    answer: ({ exchange }: Call) => ({ serverTime: exchange.clock.now().getTime() }),
  },
  {
    ...publicCall,
    path: `${prefix}/exchangeInfo`,
    answer: (call: Call) => ({
      timezone: "UTC",
      serverTime: call.exchange.clock.now().getTime(),
      rateLimits: futuresLimits,
      ...productsOf(prefix, call),
    }),
  },
]);

function productsOf(prefix: string, { exchange }: Call): object {
  if (prefix === "/eapi/v1") {
    return { optionContracts: [], optionAssets: [], optionSymbols: [] };
  }
  const futures = { futuresType: "U_MARGINED", exchangeFilters: [] };
  return prefix === "/dapi/v1"
    ? { ...futures, futuresType: "D_MARGINED", assets: [], symbols: [] }
    : {
        ...futures,
        assets: [{ asset: marginAsset, marginAvailable: true, autoAssetExchange: "-10000" }],
        symbols: exchange.futures.contracts.map(contractJson),
      };
}

/** Documented: the fields. */
function contractJson(contract: Contract): object {
  const { symbol, baseAsset, places, brackets } = contract;
  const [smallest] = brackets;
  const percent = (part: bigint) => formatPlaces(part * 100n, 4);
  return {
    symbol,
    pair: symbol,
    contractType: "PERPETUAL",
    // Documented: a perpetual contract is never delivered.
    deliveryDate: 4_133_404_800_000,
    onboardDate: marketOpened,
    status: contract.status,
    maintMarginPercent: percent(smallest?.maintenance ?? 0n),
    requiredMarginPercent: percent(one / 20n),
    baseAsset,
    quoteAsset: marginAsset,
    marginAsset,
    pricePrecision: places.price,
    quantityPrecision: places.quantity,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: "COIN",
    underlyingSubType: [],
    settlePlan: 0,
    triggerProtect: "0.0500",
    liquidationFee: "0.012500",
    marketTakeBound: "0.05",
    filters: contractFilters(contract),
    orderTypes: [...["LIMIT", "MARKET", "STOP", "STOP_MARKET"], ...["TAKE_PROFIT", "TAKE_PROFIT_MARKET"]],
    timeInForce: ["GTC", "IOC", "FOK", "GTX"],
    permissionSets: ["GRID", "COPY"],
  };
}

function contractFilters({ filters, places, priceMultiplier }: Contract): object[] {
  const { priceFilter, lotSize, marketLotSize, notional, maxNumOrders } = filters;
  const price = (amount: bigint) => formatPlaces(amount, places.price);
  const sizes = (maximum: bigint) => ({
    minQty: formatShort(lotSize.minQty),
    maxQty: formatShort(maximum),
    stepSize: formatShort(lotSize.stepSize),
  });
  return [
    {
      filterType: "PRICE_FILTER",
      minPrice: price(priceFilter.minPrice),
      maxPrice: price(priceFilter.maxPrice),
      tickSize: price(priceFilter.tickSize),
    },
    { filterType: "LOT_SIZE", ...sizes(lotSize.maxQty) },
    { filterType: "MARKET_LOT_SIZE", ...sizes(marketLotSize.maxQty) },
    { filterType: "MAX_NUM_ORDERS", limit: maxNumOrders },
    { filterType: "MAX_NUM_ALGO_ORDERS", limit: maxAlgoOrders },
    { filterType: "MIN_NOTIONAL", notional: formatShort(notional.minNotional) },
    {
      filterType: "PERCENT_PRICE",
      multiplierUp: formatPlaces(priceMultiplier.up, 4),
      multiplierDown: formatPlaces(priceMultiplier.down, 4),
      multiplierDecimal: "4",
    },
  ];
}
