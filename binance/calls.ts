import type { Call } from "./request.ts";

/** Weight 1; the exchange's clock. */
export const serverTime: Call = { method: "GET", path: "/api/v3/time", security: "NONE" };

/** Weight 1; what the key may do, and whether it is restricted to addresses. */
export const apiRestrictions: Call = {
  method: "GET",
  path: "/sapi/v1/account/apiRestrictions",
  security: "SIGNED",
};

/** Weight 20; the balances, and whether the account may trade. */
export const account: Call = {
  method: "GET",
  path: "/api/v3/account",
  parameters: { omitZeroBalances: "true" },
  security: "SIGNED",
};

/**
 * Which pairs an account may trade depends on its country: in the European Economic Area none with USDT. The second one
 * is for accounts that can't trade the first.
 */
export const usualTestPairs: readonly string[] = ["BTCUSDC", "BTCUSDT"];

/** Weight 1; an order that is checked and never placed. A market order over an amount needs no price. */
export function orderTest(symbol: string): Call {
  return {
    method: "POST",
    path: "/api/v3/order/test",
    parameters: { symbol, side: "BUY", type: "MARKET", quoteOrderQty: "20" },
    security: "SIGNED",
  };
}

/** Weight 1. */
export const accountStatus: Call = { method: "GET", path: "/sapi/v1/account/status", security: "SIGNED" };

/** Weight 1; whether Binance has locked trading by API, because its trading rules were broken. */
export const apiTradingStatus: Call = {
  method: "GET",
  path: "/sapi/v1/account/apiTradingStatus",
  security: "SIGNED",
};
