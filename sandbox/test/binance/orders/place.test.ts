import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { type Answer, bodyOf } from "../support/emulator.ts";
import { limit, market, placed, stop, trader } from "./support.ts";

describe("a new order", () => {
  test("is answered in full if it is a market order, with the counts of unfilled orders", async () => {
    const { send, body } = await trader();
    const answer = await send("POST", "/order", market);
    expect(answer.headers).toMatchObject({ "x-mbx-order-count-10s": "0", "x-mbx-order-count-1d": "0" });
    expect(bodyOf(answer)).toMatchObject({
      symbol: "BTCUSDC",
      orderListId: -1,
      price: "0.00000000",
      origQty: "0.00100000",
      executedQty: "0.00100000",
      origQuoteOrderQty: "0.00000000",
      status: "FILLED",
      timeInForce: "GTC",
      type: "MARKET",
      side: "BUY",
      selfTradePreventionMode: "EXPIRE_MAKER",
      fills: [
        { qty: "0.00100000", commission: "0.00000100", commissionAsset: "BTC", tradeId: expect.any(Number) },
      ],
    });
    expect(await body("GET", "/myTrades", "symbol=BTCUSDC")).toMatchObject([
      { qty: "0.00100000", isBuyer: true, isMaker: false, isBestMatch: true, commissionAsset: "BTC" },
    ]);
    expect(await body("GET", "/account", "omitZeroBalances=true")).toMatchObject({
      balances: expect.arrayContaining([{ asset: "BTC", free: "0.05099900", locked: "0.00000000" }]),
    });
  });

  test.each([
    [limit, ["fills", "status"], []],
    [stop, [], ["status"]],
    [`${limit}&newOrderRespType=RESULT`, ["status"], ["fills"]],
    [`${market}&newOrderRespType=ACK`, ["transactTime"], ["status"]],
  ])("is answered as its type needs it: %s", async (query, there, absent) => {
    const { body } = await trader();
    const fields = Object.keys(z.looseObject({}).parse(await body("POST", "/order", query)));
    expect(fields).toEqual(expect.arrayContaining(there));
    expect(fields.filter((field) => absent.includes(field))).toEqual([]);
  });

  test("can be queried, and is listed until it is done", async () => {
    const { emulator, body } = await trader();
    const { orderId } = placed.parse(
      await body("POST", "/order", `${limit}&newClientOrderId=mine&strategyId=7`),
    );
    const order = {
      ...{ orderId, clientOrderId: "mine", status: "NEW", isWorking: true, strategyId: 7 },
      ...{ stopPrice: "0.00000000", icebergQty: "0.00000000", price: "80000.00000000" },
    };
    expect(await body("GET", "/order", "symbol=BTCUSDC&origClientOrderId=mine")).toMatchObject(order);
    expect(await body("GET", "/openOrders")).toMatchObject([order]);
    expect(await body("GET", "/openOrders", "symbol=BTCUSDT")).toEqual([]);
    expect(await emulator.control.orders({ only: "open" })).toMatchObject([{ orderId, status: "NEW" }]);
    await emulator.control.fillOrder(orderId);
    expect(await body("GET", "/openOrders")).toEqual([]);
    expect(await body("GET", "/allOrders", "symbol=BTCUSDC")).toMatchObject([
      { orderId, status: "FILLED", executedQty: "0.00100000", cummulativeQuoteQty: "80.00000000" },
    ]);
    expect(await body("GET", "/myTrades", `symbol=BTCUSDC&orderId=${orderId}`)).toMatchObject([
      { price: "80000.00000000", isMaker: true },
    ]);
  });

  test("costs no weight if it succeeds", async () => {
    const { send } = await trader();
    const used = ({ headers }: Answer) => Number(headers["x-mbx-used-weight-1m"]);
    const before = used(await send("GET", "/account"));
    expect(used(await send("POST", "/order", limit))).toBe(before);
    expect(used(await send("POST", "/order", limit.replace("BUY", "NONE")))).toBe(before + 1);
  });
});

test("what this account never has is empty", async () => {
  const { body } = await trader();
  expect(await body("GET", "/myPreventedMatches", "symbol=BTCUSDC&orderId=1")).toEqual([]);
  expect(await body("GET", "/myAllocations", "symbol=BTCUSDC")).toEqual([]);
  expect(await body("GET", "/myFilters", "symbol=BTCUSDC")).toEqual({
    ...{ exchangeFilters: [], symbolFilters: [], assetFilters: [] },
  });
  expect(await body("GET", "/rateLimit/order")).toMatchObject([
    { interval: "SECOND", intervalNum: 10, limit: 100, count: 0 },
    { interval: "DAY", intervalNum: 1, limit: 200_000, count: 0 },
  ]);
});
