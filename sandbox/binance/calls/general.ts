import * as z from "zod";
import type { Call, Route } from "../call.ts";
import type { TradedSymbol } from "../catalogue/symbols.ts";
import { illegalCharacters, invalidSymbol } from "../errors.ts";

export const generalRoutes: Route[] = [
  { method: "GET", path: "/api/v3/ping", weight: 1, security: "NONE", parameters: [], answer: () => ({}) },
  { method: "GET", path: "/api/v3/time", weight: 1, security: "NONE", parameters: [], answer: time },
  {
    method: "GET",
    path: "/api/v3/exchangeInfo",
    weight: 20,
    security: "NONE",
    parameters: ["symbol", "symbols"],
    answer: exchangeInfo,
  },
];

function time({ exchange }: Call): object {
  return { serverTime: exchange.clock.now().getTime() };
}

function exchangeInfo(call: Call): object {
  const { exchange } = call;
  return {
    timezone: "UTC",
    serverTime: exchange.clock.now().getTime(),
    rateLimits: [
      {
        rateLimitType: "REQUEST_WEIGHT",
        interval: "MINUTE",
        intervalNum: 1,
        limit: exchange.weightLimits.api,
      },
    ],
    exchangeFilters: [],
    symbols: wantedSymbols(call).map(symbolJson),
  };
}

const symbolList = z.array(z.string());

function wantedSymbols({ exchange, values }: Call): readonly TradedSymbol[] {
  const names = wantedNames(values);
  if (names === undefined) {
    return exchange.symbols;
  }
  return names.map((name) => {
    const found = exchange.symbols.find(({ symbol }) => symbol === name);
    if (!found) {
      throw invalidSymbol();
    }
    return found;
  });
}

function wantedNames(values: ReadonlyMap<string, string>): string[] | undefined {
  const one = values.get("symbol");
  if (one !== undefined) {
    return [one];
  }
  const several = values.get("symbols");
  if (several === undefined) {
    return undefined;
  }
  try {
    return symbolList.parse(JSON.parse(several));
  } catch {
    // assumed: the text of the range.
    throw illegalCharacters("symbols", '^\\["[A-Z0-9-_.]{1,20}"(,"[A-Z0-9-_.]{1,20}"){0,}\\]$');
  }
}

/** Documented: the fields. assumed: every symbol allows what BTCUSDT allows. */
function symbolJson(symbol: TradedSymbol): object {
  const { symbol: name, status, baseAsset, quoteAsset } = symbol;
  return {
    symbol: name,
    status,
    baseAsset,
    baseAssetPrecision: 8,
    quoteAsset,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: ["LIMIT", "LIMIT_MAKER", "MARKET"],
    icebergAllowed: true,
    ocoAllowed: false,
    otoAllowed: false,
    opoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    amendAllowed: false,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: status === "TRADING",
    isMarginTradingAllowed: false,
    filters: filtersJson(symbol),
    permissions: [],
    permissionSets: [["SPOT"]],
    defaultSelfTradePreventionMode: "NONE",
    allowedSelfTradePreventionModes: ["NONE"],
  };
}

function filtersJson({ tickSize, stepSize, minNotional }: TradedSymbol): object[] {
  return [
    { filterType: "PRICE_FILTER", minPrice: tickSize, maxPrice: "1000000.00000000", tickSize },
    { filterType: "LOT_SIZE", minQty: stepSize, maxQty: "9000.00000000", stepSize },
    {
      filterType: "NOTIONAL",
      minNotional,
      applyMinToMarket: true,
      maxNotional: "9000000.00000000",
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
  ];
}
