import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { type Answer, bodyOf, errorIn, makeKey, startEmulator } from "./support/emulator.ts";
import type { Signing } from "./support/signing.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** An emulator whose prices are between 85,000 and 95,000, and an account's key. */
async function trader() {
  const emulator = await startEmulator();
  const key = await makeKey(emulator, { whitelist: ["127.0.0.1"] });
  const send = (method: Method, path: string, query = "", signing: Signing = key) =>
    emulator.sendSigned(`/api/v3${path}`, signing, { method, query });
  return {
    emulator,
    key,
    send,
    body: async (...args: Parameters<typeof send>) => bodyOf(await send(...args)),
  };
}

const market = "symbol=BTCUSDC&side=BUY&type=MARKET&quantity=0.001";
const limit = "symbol=BTCUSDC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=80000";
const stop =
  "symbol=BTCUSDC&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&quantity=0.001&price=79000&stopPrice=80000";
const oco =
  "symbol=BTCUSDC&side=SELL&quantity=0.001&aboveType=LIMIT_MAKER&abovePrice=95000&belowType=STOP_LOSS&belowStopPrice=85000";

const placed = z.looseObject({ orderId: z.number(), clientOrderId: z.string() });
const placedList = z.looseObject({ orderListId: z.number(), orders: z.array(placed) });

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
      selfTradePreventionMode: "NONE",
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

describe("an order is refused", () => {
  test.each([
    [market.replace("BTCUSDC", "NOPE"), "-1121 Invalid symbol."],
    [market.replace("BUY", "HOLD"), "-1117 Invalid side."],
    [market.replace("MARKET", "NOPE"), "-1116 Invalid orderType."],
    [limit.replace("GTC", "NOPE"), "-1115 Invalid timeInForce."],
    [
      market.replace("&side=BUY", ""),
      "-1102 Mandatory parameter 'side' was not sent, was empty/null, or malformed.",
    ],
    [
      limit.replace("&price=80000", ""),
      "-1102 Mandatory parameter 'price' was not sent, was empty/null, or malformed.",
    ],
    [
      stop.replace("&stopPrice=80000", ""),
      "-1102 Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!",
    ],
    [
      market.replace("0.001", "1e-3"),
      "-1100 Illegal characters found in parameter 'quantity'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.",
    ],
    [market.replace("0.001", "0.000000001"), "-1111 Parameter 'quantity' has too much precision."],
    [`${market}&price=1`, "-1106 Parameter 'price' sent when not required."],
    [`${market}&timeInForce=GTC`, "-1106 Parameter 'timeInForce' sent when not required."],
    [`${limit}&stopPrice=1`, "-1106 Parameter 'stopPrice' sent when not required."],
    [`${limit}&newClientOrderId=`, "-1105 Parameter 'newClientOrderId' was empty."],
    [
      `${limit}&newClientOrderId=a/b`,
      "-1100 Illegal characters found in parameter 'newClientOrderId'; legal range is '^[a-zA-Z0-9-_]{1,36}$'.",
    ],
    [`${limit}&strategyType=1`, "-1134 strategyType was less than 1000000."],
    [`${limit}&newOrderRespType=ALL`, "-1130 Data sent for parameter 'newOrderRespType' is not valid."],
    [
      `${limit}&nonsense=1`,
      "-1104 Not all sent parameters were read; read '8' parameter(s) but was sent '9'.",
    ],
    [market.replace("0.001", "0.000001"), "-1013 Filter failure: LOT_SIZE"],
    [limit.replace("80000", "80000.001"), "-1013 Filter failure: PRICE_FILTER"],
    [limit.replace("80000", "8000"), "-1013 Filter failure: PERCENT_PRICE_BY_SIDE"],
    [limit.replace("0.001", "0.00001"), "-1013 Filter failure: NOTIONAL"],
    [`${limit.replace("0.001", "0.01")}&icebergQty=0.0001`, "-1013 Filter failure: ICEBERG_PARTS"],
    [market.replace("0.001", "1000"), "-1013 Filter failure: MARKET_LOT_SIZE"],
    [stop.replace("stopPrice=80000", "trailingDelta=5"), "-1013 Filter failure: TRAILING_DELTA"],
    [`${limit.replace("GTC", "IOC")}&icebergQty=0.0005`, "-1013 Unsupported order combination"],
    [
      limit.replace("quantity=0.001", "quantity=1"),
      "-2010 Account has insufficient balance for requested action.",
    ],
    [stop.replace("stopPrice=80000", "stopPrice=94999"), "-2010 Order would trigger immediately."],
    [
      "symbol=BTCUSDC&side=BUY&type=LIMIT_MAKER&quantity=0.001&price=91000",
      "-2010 Order would immediately match and take.",
    ],
  ])("%s", async (query, refusal) => {
    const { send } = await trader();
    expect(errorIn(await send("POST", "/order", query))).toBe(`400 ${refusal}`);
  });

  test("if too many stop orders are open", async () => {
    const { send, body } = await trader();
    for (let count = 0; count < 5; count += 1) {
      await body("POST", "/order", stop);
    }
    expect(errorIn(await send("POST", "/order", stop))).toBe("400 -1013 Filter failure: MAX_NUM_ALGO_ORDERS");
  });

  test("if key, account or symbol don't allow it", async () => {
    const { emulator, key, send } = await trader();
    const { control } = emulator;
    const refused = async (text: string, query = market) => {
      for (const path of ["/order", "/order/test"]) {
        expect(errorIn(await send("POST", path, query))).toBe(`400 ${text}`);
      }
    };
    await control.editKey(key.apiKey, { symbols: ["ETHUSDC"] });
    await refused("-2010 Symbol not whitelisted for API key.");
    await control.editKey(key.apiKey, { symbols: ["BTCUSDC"] });
    await control.editAccount({ forbiddenSymbols: ["BTCUSDC"] });
    await refused("-2010 This symbol is not permitted for this account.");
    await control.editAccount({ forbiddenSymbols: [], isReduceOnly: true });
    await refused("-2010 This action is disabled on this account.");
    expect(await send("POST", "/order", market.replace("BUY", "SELL"))).toMatchObject({ status: 200 });
    await control.editAccount({ isReduceOnly: false, canTrade: false });
    await refused("-2010 This account may not place or cancel orders.");
    expect(errorIn(await send("DELETE", "/openOrders", "symbol=BTCUSDC"))).toMatch(
      /^400 -2011 This account may not/,
    );
    await control.editAccount({ canTrade: true });
    await control.setTrading("BTCUSDC", false);
    await refused("-1013 Market is closed.");
    await expect(control.editAccount({ forbiddenSymbols: ["NOPE"] })).rejects.toThrow(
      'there is no symbol "NOPE"',
    );
  });
});

describe("a cancel", () => {
  test("is named by the order's id or the client's", async () => {
    const { send, body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", `${limit}&newClientOrderId=mine`));
    const cancel = `symbol=BTCUSDC&orderId=${orderId}&newClientOrderId=cancel`;
    expect(
      errorIn(await send("DELETE", "/order", `${cancel}&cancelRestrictions=ONLY_PARTIALLY_FILLED`)),
    ).toBe("400 -2011 Order was not canceled due to cancel restrictions.");
    expect(await body("DELETE", "/order", cancel)).toMatchObject({
      ...{ origClientOrderId: "mine", orderId, clientOrderId: "cancel", status: "CANCELED" },
    });
    expect(errorIn(await send("DELETE", "/order", cancel))).toBe("400 -2011 Unknown order sent.");
    expect(errorIn(await send("GET", "/order", "symbol=BTCUSDC&orderId=1"))).toBe(
      "400 -2013 Order does not exist.",
    );
    expect(errorIn(await send("GET", "/order", "symbol=BTCUSDC"))).toBe(
      "400 -1102 Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
    );
  });

  test("of all orders also cancels lists", async () => {
    const { send, body } = await trader();
    await body("POST", "/order", limit);
    await body("POST", "/orderList/oco", oco);
    expect(await body("DELETE", "/openOrders", "symbol=BTCUSDC")).toMatchObject([
      { type: "LIMIT", status: "CANCELED" },
      {
        contingencyType: "OCO",
        listOrderStatus: "ALL_DONE",
        orderReports: [{ status: "CANCELED" }, { status: "CANCELED" }],
      },
    ]);
    expect(errorIn(await send("DELETE", "/openOrders", "symbol=BTCUSDC"))).toBe(
      "400 -2011 Unknown order sent.",
    );
  });
});

describe("cancelReplace", () => {
  const replace = (mode: string, id: number, query = limit) =>
    `${query}&cancelReplaceMode=${mode}&cancelOrderId=${id}`;

  test("replaces an order", async () => {
    const { body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", limit));
    expect(await body("POST", "/order/cancelReplace", replace("STOP_ON_FAILURE", orderId))).toMatchObject({
      cancelResult: "SUCCESS",
      newOrderResult: "SUCCESS",
      cancelResponse: { orderId, status: "CANCELED" },
      newOrderResponse: { orderId: orderId + 1, status: "NEW", fills: [] },
    });
  });

  const poor = limit.replace("quantity=0.001", "quantity=1");
  test.each([
    ["STOP_ON_FAILURE", 0, limit, 400, -2022, "FAILURE", "NOT_ATTEMPTED"],
    ["ALLOW_FAILURE", 0, limit, 409, -2021, "FAILURE", "SUCCESS"],
    ["ALLOW_FAILURE", 0, poor, 400, -2022, "FAILURE", "FAILURE"],
    ["STOP_ON_FAILURE", 1, poor, 409, -2021, "SUCCESS", "FAILURE"],
  ])(
    "says which part failed: %s, %s, %s",
    async (mode, isOpen, query, status, code, cancelResult, newOrderResult) => {
      const { send, body } = await trader();
      const { orderId } = placed.parse(await body("POST", "/order", limit));
      const answer = await send("POST", "/order/cancelReplace", replace(mode, isOpen * orderId, query));
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text)).toMatchObject({ code, data: { cancelResult, newOrderResult } });
    },
  );

  test("cancels nothing if the new order fails a filter", async () => {
    const { send, body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", limit));
    const wrong = replace("ALLOW_FAILURE", orderId, limit.replace("80000", "80000.001"));
    expect(errorIn(await send("POST", "/order/cancelReplace", wrong))).toBe(
      "400 -1013 Filter failure: PRICE_FILTER",
    );
    expect(await body("GET", "/openOrders")).toMatchObject([{ orderId }]);
  });
});

describe("an OCO", () => {
  test.each([
    ["/orderList/oco", oco],
    ["/order/oco", "symbol=BTCUSDC&side=SELL&quantity=0.001&price=95000&stopPrice=85000"],
  ])("is placed, queried and canceled: %s", async (path, query) => {
    const { send, body } = await trader();
    const answer = await body("POST", path, `${query}&listClientOrderId=list`);
    expect(answer).toMatchObject({
      ...{ contingencyType: "OCO", listStatusType: "EXEC_STARTED", listOrderStatus: "EXECUTING" },
      orderReports: [
        { type: "STOP_LOSS", stopPrice: "85000.00000000", workingTime: -1, status: "NEW" },
        { type: "LIMIT_MAKER", price: "95000.00000000", status: "NEW" },
      ],
    });
    const { orderListId, orders } = placedList.parse(answer);
    const list = { orderListId, listClientOrderId: "list", orders };
    expect(await body("GET", "/openOrderList")).toMatchObject([list]);
    expect(await body("GET", "/orderList", "origClientOrderId=list")).toMatchObject(list);
    expect(await body("GET", "/openOrders", "symbol=BTCUSDC")).toMatchObject([
      { orderListId },
      { orderListId },
    ]);
    expect(await body("DELETE", "/orderList", `symbol=BTCUSDC&orderListId=${orderListId}`)).toMatchObject({
      listOrderStatus: "ALL_DONE",
      orderReports: [{ status: "CANCELED" }, { status: "CANCELED" }],
    });
    expect(await body("GET", "/openOrderList")).toEqual([]);
    expect(await body("GET", "/allOrderList")).toMatchObject([{ orderListId, listOrderStatus: "ALL_DONE" }]);
    expect(errorIn(await send("DELETE", "/orderList", `symbol=BTCUSDC&orderListId=${orderListId}`))).toMatch(
      /-2011/,
    );
  });

  test("is refused if its prices don't fit", async () => {
    const { send } = await trader();
    expect(errorIn(await send("POST", "/orderList/oco", oco.replace("85000", "94999")))).toBe(
      "400 -2010 The relationship of the prices for the orders is not correct.",
    );
  });

  test.each(["/orderList/oto", "/orderList/otoco", "/sor/order"])(
    "isn't the only kind: %s is refused by name",
    async (path) => {
      const { emulator, send } = await trader();
      expect((await send("POST", path)).status).toBe(404);
      expect(emulator.reported[0]).toContain(`not emulated: POST /api/v3${path}`);
    },
  );
});

describe("an amendment", () => {
  test("reduces the quantity, and is listed", async () => {
    const { body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", `${limit}&newClientOrderId=mine`));
    const query = `symbol=BTCUSDC&orderId=${orderId}&newQty=0.0005&newClientOrderId=less`;
    expect(await body("PUT", "/order/amend/keepPriority", query)).toMatchObject({
      amendedOrder: { orderId, origClientOrderId: "mine", clientOrderId: "less", qty: "0.00050000" },
    });
    expect(await body("GET", "/order/amendments", `symbol=BTCUSDC&orderId=${orderId}`)).toMatchObject([
      { origQty: "0.00100000", newQty: "0.00050000", newClientOrderId: "less" },
    ]);
  });
});

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

test("what this account never has is empty", async () => {
  const { body } = await trader();
  expect(await body("GET", "/myPreventedMatches", "symbol=BTCUSDC&orderId=1")).toEqual([]);
  expect(await body("GET", "/myAllocations", "symbol=BTCUSDC")).toEqual([]);
  expect(await body("GET", "/rateLimit/order")).toMatchObject([
    { interval: "SECOND", intervalNum: 10, limit: 100, count: 0 },
    { interval: "DAY", intervalNum: 1, limit: 200_000, count: 0 },
  ]);
});
