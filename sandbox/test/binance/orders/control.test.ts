import { describe, expect, test } from "@jest/globals";
import { errorIn } from "../support/emulator.ts";
import { limit, market, placed, trader } from "./support.ts";

describe("the control API", () => {
  test("fills an order partly, and then wholly", async () => {
    const { emulator, body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", limit));
    await emulator.control.fillOrder(orderId, { quantity: "0.0004" });
    expect(await body("GET", "/openOrders")).toMatchObject([
      { status: "PARTIALLY_FILLED", executedQty: "0.00040000" },
    ]);
    await expect(emulator.control.fillOrder(orderId, { quantity: "0.0007" })).rejects.toThrow(
      "0.0006 of order",
    );
    expect(await emulator.control.fillOrder(orderId)).toMatchObject({ status: "FILLED" });
    await expect(emulator.control.fillOrder(orderId)).rejects.toThrow(`there is no open order ${orderId}`);
  });

  test("cancels all open orders", async () => {
    const { emulator, body } = await trader();
    await body("POST", "/order", limit);
    await body("POST", "/order", limit);
    await emulator.control.cancelOrders();
    expect(await body("GET", "/openOrders")).toEqual([]);
    await emulator.control.cancelOrders();
  });

  test.each([
    [true, 1],
    [false, 0],
  ])("answers -1007, with the order placed: %s", async (isPlaced, count) => {
    const { emulator, send, body } = await trader();
    await emulator.control.answerNextOrderUnknown({ isPlaced });
    expect(errorIn(await send("POST", "/order", limit))).toMatch(/^503 -1007 Timeout waiting for response/);
    expect(await body("GET", "/openOrders")).toHaveLength(count);
  });

  test("deposits and withdraws", async () => {
    const { emulator, body } = await trader();
    await emulator.control.transfer({ kind: "deposit", asset: "SOL", amount: "2.5" });
    await emulator.control.transfer({ kind: "withdraw", asset: "BTC", amount: "0.05" });
    expect(await body("GET", "/account", "omitZeroBalances=true")).toMatchObject({
      balances: [{ asset: "USDT" }, { asset: "USDC" }, { asset: "SOL", free: "2.50000000" }],
    });
    await expect(emulator.control.transfer({ kind: "withdraw", asset: "BTC", amount: "1" })).rejects.toThrow(
      "only 0 BTC",
    );
  });

  test("pays commissions in BNB", async () => {
    const { emulator, body } = await trader();
    await emulator.control.editAccount({ paysCommissionInBnb: true, balances: { BNB: { free: "1" } } });
    expect(await body("POST", "/order", market)).toMatchObject({ fills: [{ commissionAsset: "BNB" }] });
    expect(await body("GET", "/account/commission", "symbol=BTCUSDC")).toMatchObject({
      standardCommission: { maker: "0.00100000", buyer: "0.00000000" },
      discount: { enabledForAccount: true, discountAsset: "BNB", discount: "0.25000000" },
    });
  });
});
