import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { bodyOf, type Emulator, errorIn, makeKey, startEmulator } from "../support/emulator.ts";
import type { Signing } from "../support/signing.ts";

// The REST API of futures, request by request.

async function futuresKey(emulator: Emulator) {
  return makeKey(emulator, { permissions: ["reading", "futures"] });
}

/** Sends a signed request to /fapi. */
function call(emulator: Emulator, key: Signing, method: string, path: string, query = "") {
  return emulator.sendSigned(`/fapi${path}`, key, { method, query });
}

describe("a key", () => {
  test.each([
    ["POST", "/v1/order"],
    ["DELETE", "/v1/allOpenOrders"],
    ["POST", "/v1/leverage"],
    ["POST", "/v1/algoOrder"],
  ])("needs the permission for futures for %s %s", async (method, path) => {
    const emulator = await startEmulator();
    const spot = await makeKey(emulator, { permissions: ["reading", "trading"] });
    expect(errorIn(await call(emulator, spot, method, path))).toMatch("401 -2015");
    bodyOf(await call(emulator, spot, "GET", "/v2/balance"));
    const answer = await call(emulator, await futuresKey(emulator), method, path);
    expect(errorIn(answer)).toMatch("400 -1102");
  });

  test("for futures can't trade on the spot market", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const order = { method: "POST", query: "symbol=BTCUSDC&side=BUY&type=MARKET&quantity=0.001" };
    expect(errorIn(await emulator.sendSigned("/api/v3/order", key, order))).toMatch("401 -2015");
  });

  test("gets a listen key without a signature", async () => {
    const emulator = await startEmulator();
    const { apiKey } = await futuresKey(emulator);
    const sent = { method: "POST", headers: { "x-mbx-apikey": apiKey } };
    const first = bodyOf(await emulator.send("/fapi/v1/listenKey", sent));
    expect(bodyOf(await emulator.send("/fapi/v1/listenKey", sent))).toEqual(first);
    emulator.clock.advance(3_600_000);
    const kept = await emulator.send("/fapi/v1/listenKey", { ...sent, method: "PUT" });
    expect(errorIn(kept)).toBe("400 -1125 This listenKey does not exist.");
    const stranger = { ...sent, headers: { "x-mbx-apikey": "x".repeat(64) } };
    expect(errorIn(await emulator.send("/fapi/v1/listenKey", stranger))).toMatch("401 -2015");
  });
});

describe("what isn't emulated", () => {
  test.each([
    ["the order type TRAILING_STOP_MARKET", "algoOrder", "type=TRAILING_STOP_MARKET&callbackRate=1"],
    ["the timeInForce GTD", "order", "type=LIMIT&timeInForce=GTD&price=80000&quantity=0.01"],
    ["priceMatch", "order", "type=LIMIT&timeInForce=GTC&quantity=0.01&price=1&priceMatch=QUEUE"],
  ])("is refused by name: %s", async (what, path, query) => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const full = `symbol=BTCUSDT&side=BUY&${query}${path === "order" ? "" : "&algoType=CONDITIONAL"}`;
    expect(errorIn(await call(emulator, key, "POST", `/v1/${path}`, full))).toMatch("400 -1020");
    expect(emulator.reported).toEqual([`not emulated: ${what} of futures`]);
  });

  test("is reported, if it is a call", async () => {
    const emulator = await startEmulator();
    expect((await emulator.send("/fapi/v1/openInterest", { query: "symbol=BTCUSDT" })).status).toBe(404);
    expect(emulator.reported[0]).toBe("not emulated: GET /fapi/v1/openInterest?symbol=BTCUSDT");
  });
});

describe("market data", () => {
  test("weighs against the limit of futures, apart from the spot market's", async () => {
    const emulator = await startEmulator();
    await emulator.send("/api/v3/exchangeInfo");
    const { headers } = await emulator.send("/fapi/v1/depth", { query: "symbol=BTCUSDT&limit=1000" });
    expect(headers["x-mbx-used-weight-1m"]).toBe("20");
  });

  test("has a depth of certain limits only", async () => {
    const emulator = await startEmulator();
    const answer = await emulator.send("/fapi/v1/depth", { query: "symbol=BTCUSDT&limit=7" });
    expect(errorIn(answer)).toBe("400 -4021 '7' is not valid depth limit.");
    expect(errorIn(await emulator.send("/fapi/v1/depth", { query: "symbol=BTCUSDC" }))).toMatch("400 -1121");
  });

  test("has a funding rate for every eight hours, from the start or until now", async () => {
    const emulator = await startEmulator();
    const rates = z.array(z.object({ fundingTime: z.int() }));
    const read = async (query: string) =>
      rates
        .parse(bodyOf(await emulator.send("/fapi/v1/fundingRate", { query: `symbol=BTCUSDT&${query}` })))
        .map(({ fundingTime }) => new Date(fundingTime).toISOString());
    expect(await read("limit=2")).toEqual(["2026-11-23T00:00:00.000Z", "2026-11-23T08:00:00.000Z"]);
    const start = Date.parse("2026-11-01T00:00:00Z");
    expect(await read(`startTime=${start}&limit=2`)).toEqual([
      "2026-11-01T00:00:00.000Z",
      "2026-11-01T08:00:00.000Z",
    ]);
    expect(await read(`startTime=${Date.parse("2026-11-23T09:00:00Z")}`)).toEqual([]);
  });
});

describe("orders", () => {
  test("have an answer or an error each in a batch, and can be canceled together", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const order = { symbol: "BTCUSDT", side: "BUY", type: "LIMIT", timeInForce: "GTC", quantity: "0.001" };
    const orders = [
      { ...order, price: "70000", newClientOrderId: "one" },
      { ...order, price: "70000", quantity: 0.0001 },
      { ...order, price: "70100", newClientOrderId: "two" },
    ];
    const query = `batchOrders=${encodeURIComponent(JSON.stringify(orders))}`;
    expect(bodyOf(await call(emulator, key, "POST", "/v1/batchOrders", query))).toMatchObject([
      { status: "NEW", clientOrderId: "one" },
      { code: -1111 },
      { status: "NEW", clientOrderId: "two" },
    ]);
    const ids = encodeURIComponent(JSON.stringify(["one", "three"]));
    const canceled = `symbol=BTCUSDT&origClientOrderIdList=${ids}`;
    expect(bodyOf(await call(emulator, key, "DELETE", "/v1/batchOrders", canceled))).toMatchObject([
      { status: "CANCELED", clientOrderId: "one" },
      { code: -2011, msg: "Unknown order sent." },
    ]);
    expect(bodyOf(await call(emulator, key, "GET", "/v1/openOrders"))).toMatchObject([
      { clientOrderId: "two", avgPrice: "0.00", cumQuote: "0.00000000" },
    ]);
    bodyOf(await call(emulator, key, "DELETE", "/v1/allOpenOrders", "symbol=BTCUSDT"));
    expect(await emulator.control.futures()).toMatchObject({ wallet: "1000.00000000", orders: [] });
  });

  test("may be placed although their answer is an error", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    await emulator.control.answerNextOrderUnknown({ isPlaced: true });
    const query = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
    expect(errorIn(await call(emulator, key, "POST", "/v1/order", query))).toMatch("503 -1007");
    const { positions } = await emulator.control.futures();
    expect(positions).toMatchObject([{ symbol: "BTCUSDT", side: "BOTH", amount: "0.00100000" }]);
  });

  test("are limited in number, and counted in headers", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const query = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&price=70000&quantity=0.001";
    const place = () => call(emulator, key, "POST", "/v1/order", query);
    expect((await place()).headers).toMatchObject({
      ...{ "x-mbx-order-count-10s": "1", "x-mbx-order-count-1m": "1" },
    });
    for (let count = 1; count < 300; count += 1) {
      bodyOf(await place());
      bodyOf(await call(emulator, key, "DELETE", "/v1/allOpenOrders", "symbol=BTCUSDT"));
    }
    const refused = await place();
    expect(errorIn(refused)).toBe(
      "429 -1015 Too many new orders; current limit is 300 orders per 10 SECOND.",
    );
    expect(refused.headers["retry-after"]).toBe("10");
    expect(bodyOf(await call(emulator, key, "GET", "/v1/rateLimit/order"))).toMatchObject([
      { interval: "SECOND", limit: 300, count: 300 },
      { interval: "MINUTE", limit: 1200, count: 300 },
    ]);
  });

  test("are acknowledged, or answered with their result", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const query = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
    const acknowledged = await call(emulator, key, "POST", "/v1/order", query);
    expect(bodyOf(acknowledged)).toMatchObject({ status: "NEW", executedQty: "0.000" });
    const result = await call(emulator, key, "POST", "/v1/order", `${query}&newOrderRespType=RESULT`);
    expect(bodyOf(result)).toMatchObject({ status: "FILLED", executedQty: "0.001" });
  });

  test("are refused while the account may not trade, or only reduce", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const query = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
    const place = async () => errorIn(await call(emulator, key, "POST", "/v1/order", query));
    await emulator.control.editAccount({ isReduceOnly: true });
    expect(await place()).toMatch("400 -4087");
    await emulator.control.editAccount({ isReduceOnly: false, canTrade: false });
    expect(await place()).toMatch("400 -4088");
  });
});

describe("the account", () => {
  test("has the same numbers in all versions", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const query = "symbol=ETHUSDT&side=SELL&type=MARKET&quantity=1";
    bodyOf(await call(emulator, key, "POST", "/v1/order", query));
    const [old, latest] = [
      bodyOf(await call(emulator, key, "GET", "/v2/account")),
      bodyOf(await call(emulator, key, "GET", "/v3/account")),
    ].map((body) =>
      z.looseObject({ totalWalletBalance: z.string(), availableBalance: z.string() }).parse(body),
    );
    expect(old).toMatchObject({
      totalWalletBalance: latest?.totalWalletBalance,
      availableBalance: latest?.availableBalance,
    });
    expect(bodyOf(await call(emulator, key, "GET", "/v2/balance"))).toMatchObject([
      { asset: "USDT", balance: latest?.totalWalletBalance },
    ]);
    expect(bodyOf(await call(emulator, key, "GET", "/v2/positionRisk"))).toHaveLength(4);
    expect(bodyOf(await call(emulator, key, "GET", "/v3/positionRisk"))).toMatchObject([
      { symbol: "ETHUSDT", positionAmt: "-1.000", marginAsset: "USDT" },
    ]);
  });

  test("lists its incomes, which are what the wallet has", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    await emulator.control.transferFutures({ kind: "deposit", amount: "500" });
    const order = "symbol=BTCUSDT&type=MARKET&quantity=0.01";
    bodyOf(await call(emulator, key, "POST", "/v1/order", `${order}&side=BUY`));
    emulator.clock.advance(8 * 3_600_000);
    bodyOf(await call(emulator, key, "POST", "/v1/order", `${order}&side=SELL`));
    const query = "limit=1000";
    const incomes = z
      .array(z.looseObject({ incomeType: z.string(), income: z.string() }))
      .parse(bodyOf(await call(emulator, key, "GET", "/v1/income", query)));
    expect(incomes.map(({ incomeType }) => incomeType)).toEqual([
      ...["TRANSFER", "TRANSFER", "COMMISSION", "FUNDING_FEE", "REALIZED_PNL", "COMMISSION"],
    ]);
    const { wallet } = await emulator.control.futures();
    expect(incomes.reduce((sum, { income }) => sum + Number(income), 0)).toBeCloseTo(Number(wallet), 7);
  });

  test("has one position mode and one margin type for each contract", async () => {
    const emulator = await startEmulator();
    const key = await futuresKey(emulator);
    const change = (path: string, query: string) => call(emulator, key, "POST", path, query);
    bodyOf(await change("/v1/positionSide/dual", "dualSidePosition=true"));
    expect(errorIn(await change("/v1/positionSide/dual", "dualSidePosition=true"))).toMatch("-4059");
    expect(bodyOf(await call(emulator, key, "GET", "/v1/positionSide/dual"))).toEqual({
      dualSidePosition: true,
    });
    bodyOf(await change("/v1/marginType", "symbol=BTCUSDT&marginType=ISOLATED"));
    expect(errorIn(await change("/v1/multiAssetsMargin", "multiAssetsMargin=true"))).toMatch("-4168");
    expect(errorIn(await change("/v1/leverage", "symbol=BTCUSDT&leverage=200"))).toMatch("-4028");
    expect(bodyOf(await call(emulator, key, "GET", "/v1/symbolConfig", "symbol=BTCUSDT"))).toMatchObject([
      { marginType: "ISOLATED", leverage: 20 },
    ]);
  });
});
