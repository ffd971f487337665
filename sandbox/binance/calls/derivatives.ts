import type { Call, Route } from "../call.ts";

const publicCall = { method: "GET", weight: 1, security: "NONE", parameters: [] } as const;

/** Documented for each of the products. */
const rateLimits = [{ rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 2400 }];

/**
 * Futures and options, without any market: enough for clients that load the markets of all products when they start.
 * Every other call is refused as not emulated.
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
    answer: prefix === "/eapi/v1" ? optionsInfo : futuresInfo,
  },
]);

function futuresInfo({ exchange }: Call): object {
  return {
    timezone: "UTC",
    serverTime: exchange.clock.now().getTime(),
    rateLimits,
    exchangeFilters: [],
    assets: [],
    symbols: [],
  };
}

function optionsInfo({ exchange }: Call): object {
  return {
    timezone: "UTC",
    serverTime: exchange.clock.now().getTime(),
    rateLimits,
    optionContracts: [],
    optionAssets: [],
    optionSymbols: [],
  };
}
