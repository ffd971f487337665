import type { Call, Route } from "../call.ts";
import { filtersJson } from "../catalogue/filters.ts";
import type { TradedSymbol } from "../catalogue/symbols.ts";
import { badCombination, noReferencePrice } from "../errors.ts";
import { allowedPreventionModes, defaultPreventionMode } from "../trading/order.ts";
import { limitsJson, orderLimits } from "../trading/order-count.ts";
import { listIn, symbolIn } from "./market/parameters.ts";
import { eachOf, namedCount, selectedSymbols, selecting } from "./market/selection.ts";
import { isTrue } from "./read.ts";

export const exchangeInfoRoutes: Route[] = [
  {
    method: "GET",
    path: "/api/v3/exchangeInfo",
    weight: 20,
    security: "NONE",
    parameters: [...selecting, "permissions", "showPermissionSets"],
    answer: exchangeInfo,
  },
  {
    method: "GET",
    path: "/api/v3/executionRules",
    weight: (values) => Math.min((namedCount(values) ?? 20) * 2, 40),
    security: "NONE",
    parameters: selecting,
    answer: executionRules,
  },
  ...["/api/v3/referencePrice", "/api/v3/referencePrice/calculation"].map((path): Route => ({
    method: "GET",
    path,
    weight: 2,
    security: "NONE",
    parameters: ["symbol", "symbolStatus"],
    answer: (call) => {
      symbolIn(call);
      throw noReferencePrice();
    },
  })),
];

/** What every symbol here permits. Documented: an account needs one of the permissions of each set. */
const permission = "SPOT";

function exchangeInfo(call: Call): object {
  const { exchange, values } = call;
  const showsPermissions = !values.has("showPermissionSets") || isTrue("showPermissionSets", values);
  return {
    timezone: "UTC",
    serverTime: exchange.clock.now().getTime(),
    rateLimits: rateLimits(exchange.weightLimits.api),
    exchangeFilters: [],
    symbols: wantedSymbols(call).map((symbol) => symbolJson(symbol, showsPermissions)),
  };
}

/** assumed: the numbers of orders, as people see them. Documented: the others. */
function rateLimits(weight: number): object[] {
  return [
    { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: weight },
    ...limitsJson(orderLimits),
    { rateLimitType: "RAW_REQUESTS", interval: "MINUTE", intervalNum: 5, limit: 300_000 },
  ];
}

/** Documented: permissions and the status can't be combined with names of symbols. */
function wantedSymbols(call: Call): readonly TradedSymbol[] {
  const { values } = call;
  const names = values.has("symbol") || values.has("symbols");
  if (names && (values.has("permissions") || values.has("symbolStatus"))) {
    throw badCombination();
  }
  const permissions = values.get("permissions") ?? permission;
  const wanted = permissions.startsWith("[") ? listIn("permissions", permissions) : [permissions];
  return wanted.includes(permission) ? selectedSymbols(call, { needed: false }).symbols : [];
}

/** Documented: the fields. assumed: every symbol allows what BTCUSDT allows. */
function symbolJson(symbol: TradedSymbol, showsPermissions: boolean): object {
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
    orderTypes: [
      ...["LIMIT", "LIMIT_MAKER", "MARKET"],
      ...["STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"],
    ],
    icebergAllowed: true,
    ocoAllowed: true,
    otoAllowed: true,
    opoAllowed: true,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: true,
    cancelReplaceAllowed: true,
    amendAllowed: true,
    pegInstructionsAllowed: false,
    isSpotTradingAllowed: status === "TRADING",
    isMarginTradingAllowed: false,
    filters: filtersJson(symbol.filters),
    permissions: [],
    permissionSets: showsPermissions ? [[permission]] : [],
    defaultSelfTradePreventionMode: defaultPreventionMode,
    allowedSelfTradePreventionModes: allowedPreventionModes.filter((mode) => mode !== "NONE"),
  };
}

/** No symbol here has a rule. assumed: the order of the checks. */
function executionRules(call: Call): object {
  const rules = eachOf({ ...selectedSymbols(call, { needed: false }), isList: true }, ({ symbol }) => ({
    symbol,
    rules: [],
  }));
  return { symbolRules: rules };
}
