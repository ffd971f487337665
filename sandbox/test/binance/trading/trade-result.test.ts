import { expect, test } from "@jest/globals";
import { newSymbols } from "../../../binance/catalogue/symbols.ts";
import { parseDecimal } from "../../../binance/decimal.ts";
import type { Fill } from "../../../binance/trading/order.ts";
import { tradeList } from "../../../binance/trading/trade-result.ts";

const symbol = newSymbols().find((one) => one.symbol === "BTCUSDC");

function fill(isBuyer: boolean, quantity: string, quote: string, fee: string, feeAsset: string): Fill {
  return {
    ...{ id: 1, symbol: "BTCUSDC", orderId: 1, listId: -1, time: 0, isBuyer, isMaker: false },
    ...{ price: parseDecimal("90000"), quantity: parseDecimal(quantity), quote: parseDecimal(quote) },
    ...{ commission: parseDecimal(fee), commissionAsset: feeAsset },
  };
}

function resultOf(...trades: Fill[]) {
  if (symbol === undefined) {
    throw new Error("BTCUSDC is listed");
  }
  return tradeList(symbol, trades, parseDecimal("91000")).result;
}

test("what was sold, less what was paid, less the fees, and what is left is the profit", () => {
  const bought = fill(true, "0.001", "90", "0.000001", "BTC");
  const sold = fill(false, "0.0009", "90.9", "0.0909", "USDC");
  expect(resultOf(bought, sold)).toMatchObject({
    ...{ paid: "90", received: "90.9", fees: { BTC: "0.000001", USDC: "0.0909" } },
    // 0.9 - 0.0909 + 9.009
    ...{ left: "0.000099", worth: "9.009", profit: "9.8181" },
  });
});

test("a loss is negative, and fees in a third asset are shown but not converted", () => {
  const bought = fill(true, "0.001", "90", "0.0001", "BNB");
  const sold = fill(false, "0.001", "89", "0.0001", "BNB");
  expect(resultOf(bought, sold)).toMatchObject({ fees: { BNB: "0.0002" }, left: "0", profit: "-1" });
});

test("without trades there is neither profit nor loss", () => {
  expect(resultOf()).toMatchObject({ paid: "0", received: "0", fees: {}, left: "0", profit: "0" });
});
