import { expect, test } from "@jest/globals";
import * as calls from "../../binance/calls.ts";

test("only what is needed is requested, and no order is ever placed", () => {
  const { orderTest, usualTestPairs, ...others } = calls;
  expect({ ...others, orderTests: usualTestPairs.map(orderTest) }).toEqual({
    serverTime: { method: "GET", path: "/api/v3/time", security: "NONE" },
    apiRestrictions: { method: "GET", path: "/sapi/v1/account/apiRestrictions", security: "SIGNED" },
    account: {
      method: "GET",
      path: "/api/v3/account",
      parameters: { omitZeroBalances: "true" },
      security: "SIGNED",
    },
    orderTests: ["BTCUSDC", "BTCUSDT"].map((symbol) => ({
      method: "POST",
      path: "/api/v3/order/test",
      parameters: { symbol, side: "BUY", type: "MARKET", quoteOrderQty: "20" },
      security: "SIGNED",
    })),
    accountStatus: { method: "GET", path: "/sapi/v1/account/status", security: "SIGNED" },
    apiTradingStatus: { method: "GET", path: "/sapi/v1/account/apiTradingStatus", security: "SIGNED" },
  });
});
