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

export type OrderSide = "BUY" | "SELL";

/**
 * Weight 1; an order that is checked and never placed. A market order over an amount needs no price.
 *
 * The last parameter has its default. Binance's signature is not about the path, but Binance refuses an order with this
 * parameter (-1104), so nobody can send the signed query as an order.
 */
export function orderTest(symbol: string, side: OrderSide = "BUY"): Call {
  return {
    method: "POST",
    path: "/api/v3/order/test",
    parameters: { symbol, side, type: "MARKET", quoteOrderQty: "20", computeCommissionRates: "false" },
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

// The calls of futures go to their own host (futuresHost).

/** Weight 5; whether the account may trade futures, and whether it has separate positions for buying and selling. */
export const futuresConfiguration: Call = {
  method: "GET",
  path: "/fapi/v1/accountConfig",
  security: "SIGNED",
};

/** Weight 5; the futures wallet. */
export const futuresBalance: Call = { method: "GET", path: "/fapi/v3/balance", security: "SIGNED" };

/** The second one is for accounts that may not trade the first. */
export const usualFuturesTestPairs: readonly string[] = ["BTCUSDT", "BTCUSDC"];

/**
 * Weight 0; an order that is checked and never placed. Futures have no orders over an amount: the quantity must be worth
 * about 100 USDT and fit the symbol's step. Too much for the wallet is refused with -2019, which is an answer as well.
 */
export function futuresOrderTest(symbol: string, hasTwoSides: boolean): Call {
  return {
    method: "POST",
    path: "/fapi/v1/order/test",
    parameters: {
      symbol,
      side: "BUY",
      positionSide: hasTwoSides ? "LONG" : "BOTH",
      type: "MARKET",
      quantity: symbol.startsWith("BTC") ? "0.01" : "1",
    },
    security: "SIGNED",
  };
}
