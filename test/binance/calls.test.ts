import { expect, test } from "@jest/globals";
import * as calls from "../../binance/calls.ts";

test("only what is needed is requested, and no order is ever placed", () => {
  const { orderTest, usualTestPairs, futuresOrderTest, usualFuturesTestPairs, ...others } = calls;
  const orderTests = usualTestPairs.map((symbol) => orderTest(symbol));
  const futuresOrderTests = usualFuturesTestPairs.map((symbol) => futuresOrderTest(symbol, false));
  expect({ ...others, orderTests, futuresOrderTests }).toEqual({
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
      parameters: {
        symbol,
        side: "BUY",
        type: "MARKET",
        quoteOrderQty: "20",
        computeCommissionRates: "false",
      },
      security: "SIGNED",
    })),
    accountStatus: { method: "GET", path: "/sapi/v1/account/status", security: "SIGNED" },
    futuresConfiguration: { method: "GET", path: "/fapi/v1/accountConfig", security: "SIGNED" },
    futuresBalance: { method: "GET", path: "/fapi/v3/balance", security: "SIGNED" },
    futuresOrderTests: ["BTCUSDT", "BTCUSDC"].map((symbol) => ({
      method: "POST",
      path: "/fapi/v1/order/test",
      parameters: { symbol, side: "BUY", positionSide: "BOTH", type: "MARKET", quantity: "0.01" },
      security: "SIGNED",
    })),
    apiTradingStatus: { method: "GET", path: "/sapi/v1/account/apiTradingStatus", security: "SIGNED" },
  });
});

test("a test order to sell, and one for an account with separate positions", () => {
  expect(calls.orderTest("ETHUSDC", "SELL").parameters).toMatchObject({ symbol: "ETHUSDC", side: "SELL" });
  expect(calls.futuresOrderTest("SOLUSDT", true).parameters).toMatchObject({
    positionSide: "LONG",
    quantity: "1",
  });
});
