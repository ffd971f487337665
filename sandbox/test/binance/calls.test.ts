import { describe, expect, test } from "@jest/globals";
import { bodyOf, type Emulator, errorIn, makeKey, startEmulator } from "./support/emulator.ts";

describe("a call without a key", () => {
  test("returns the time, a ping, and the traded symbols", async () => {
    const emulator = await startEmulator();
    expect(bodyOf(await emulator.send("/api/v3/ping"))).toEqual({});
    const serverTime = emulator.clock.now().getTime();
    const time = await emulator.send("/api/v3/time");
    expect(bodyOf(time)).toEqual({ serverTime });
    expect(time.headers).toMatchObject({
      "content-type": "application/json;charset=UTF-8",
      date: "Mon, 23 Nov 2026 12:00:00 GMT",
      "x-mbx-uuid": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const info = bodyOf(await emulator.send("/api/v3/exchangeInfo", { query: "symbol=BTCUSDT" }));
    expect(info).toMatchObject({
      serverTime,
      rateLimits: expect.arrayContaining([
        { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6000 },
      ]),
      symbols: [{ symbol: "BTCUSDT", status: "TRADING", filters: expect.any(Array) }],
    });
  });

  test("can be limited to symbols that exist", async () => {
    const emulator = await startEmulator();
    const path = "/api/v3/exchangeInfo";
    const query = `symbols=${encodeURIComponent('["ETHUSDT","BTCUSDT"]')}`;
    expect(bodyOf(await emulator.send(path, { query }))).toMatchObject({
      symbols: [{ symbol: "ETHUSDT" }, { symbol: "BTCUSDT" }],
    });
    const unknown = await emulator.send(path, { query: "symbol=NOPE" });
    expect(errorIn(unknown)).toBe("400 -1121 Invalid symbol.");
    expect(errorIn(await emulator.send(path, { query: "symbols=NOPE" }))).toMatch(/^400 -1100 /);
  });
});

describe("an unknown call", () => {
  test.each([
    ["GET", "/sapi/v1/sub-account/list", /^\{.*"status":404,.*"path":"\/sapi\/v1\/sub-account\/list"\}$/],
    ["GET", "/api/v3/sor/order", /^<html>/],
    ["POST", "/api/v3/time", /^<html>/],
  ])("is answered with 404, and reported: %s %s", async (method, path, body) => {
    const emulator = await startEmulator();
    const answer = await emulator.send(path, { method, query: "signature=abc" });
    expect(answer.status).toBe(404);
    expect(answer.text).toMatch(body);
    expect(emulator.reported).toEqual([
      `not emulated: ${method} ${path}?signature=[redacted]`,
      `to emulate it: add { method: "${method}", path: "${path}", … } to a list of routes in sandbox/binance/calls/`,
    ]);
  });
});

describe("the account", () => {
  test("shows its balances, without the empty ones on request", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    await emulator.control.editAccount({ balances: { ETH: { free: "0.5" }, BTC: { free: "0" } } });
    const balances = [
      { asset: "ETH", free: "0.50000000", locked: "0.00000000" },
      { asset: "USDT", free: "1000.00000000", locked: "250.00000000" },
      { asset: "USDC", free: "1000.00000000", locked: "0.00000000" },
    ];
    const query = "omitZeroBalances=true";
    expect(bodyOf(await emulator.sendSigned("/api/v3/account", key, { query }))).toMatchObject({
      canTrade: true,
      accountType: "SPOT",
      balances,
    });
    const full = bodyOf(await emulator.sendSigned("/api/v3/account", key));
    expect(full).toMatchObject({ balances: expect.arrayContaining(balances) });
    expect(full).toMatchObject({ balances: { length: 5 } });
  });

  test("shows its status, its lock and its withdrawal addresses", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const read = async (path: string) => bodyOf(await emulator.sendSigned(`/sapi/v1${path}`, key));
    expect(await read("/account/status")).toEqual({ data: "Normal" });
    expect(await read("/account/apiTradingStatus")).toMatchObject({
      data: { isLocked: false, plannedRecoverTime: 0 },
    });
    expect(await read("/capital/withdraw/address/list")).toEqual([]);

    const address = { coin: "BTC", network: "BTC", name: "cold", address: "bc1q", isWhitelisted: true };
    await emulator.control.editAccount({
      status: "Frozen",
      lockedSeconds: 60,
      withdrawalAddresses: [address],
    });
    expect(await read("/account/status")).toEqual({ data: "Frozen" });
    expect(await read("/account/apiTradingStatus")).toMatchObject({
      data: { isLocked: true, plannedRecoverTime: emulator.clock.now().getTime() + 60_000 },
    });
    expect(await read("/capital/withdraw/address/list")).toMatchObject([
      { address: "bc1q", coin: "BTC", whiteStatus: true },
    ]);
    emulator.clock.advance(60_000);
    expect(await read("/account/apiTradingStatus")).toMatchObject({ data: { isLocked: false } });
  });
});

describe("apiRestrictions", () => {
  test("has the documented fields, and those of undocumented permissions", async () => {
    const emulator = await startEmulator();
    const permissions = ["reading", "trading", "futures", "enableEventContract"];
    const key = await makeKey(emulator, { permissions, whitelist: ["127.0.0.1"] });
    expect(bodyOf(await emulator.sendSigned("/sapi/v1/account/apiRestrictions", key))).toEqual({
      ipRestrict: true,
      createTime: emulator.clock.now().getTime(),
      enableReading: true,
      enableSpotAndMarginTrading: true,
      enableWithdrawals: false,
      enableInternalTransfer: false,
      permitsUniversalTransfer: false,
      enableMargin: false,
      enableFutures: true,
      enableVanillaOptions: false,
      enablePortfolioMarginTrading: false,
      enableFixApiTrade: false,
      enableFixReadOnly: true,
      enableEventContract: true,
    });
  });

  test("shows that trading ends after 30 days without a whitelist, until it is permitted again", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const mayTrade = async (isPermitted: boolean) => {
      const answer = await emulator.sendSigned("/sapi/v1/account/apiRestrictions", key);
      expect(bodyOf(answer)).toMatchObject({ enableSpotAndMarginTrading: isPermitted });
    };
    const days = (count: number) => {
      emulator.clock.advance(count * 86_400_000);
    };
    days(29);
    await mayTrade(true);
    days(1);
    await mayTrade(false);
    await emulator.control.editKey("bot", { label: "bot" });
    await mayTrade(false);
    await emulator.control.editKey("bot", { permissions: ["reading", "trading"] });
    await mayTrade(true);
    await emulator.control.editKey("bot", { whitelist: ["127.0.0.1"] });
    days(31);
    await mayTrade(true);
  });
});

describe("a test order", () => {
  const market = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001";
  const limit = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=0.001&price=90000";

  async function order(emulator: Emulator, query: string, body = ""): Promise<string> {
    const key = await makeKey(emulator);
    const answer = await emulator.sendSigned("/api/v3/order/test", key, { method: "POST", query, body });
    return answer.status === 200 ? answer.text : errorIn(answer);
  }

  test("is accepted in query or body", async () => {
    const emulator = await startEmulator();
    for (const query of [market, limit, "symbol=BTCUSDT&side=BUY&type=MARKET&quoteOrderQty=10"]) {
      expect(await order(emulator, query)).toBe("{}");
    }
    expect(await order(emulator, "", market)).toBe("{}");
    expect(await order(emulator, `${market}&computeCommissionRates=true`)).toContain("standardCommission");
  });

  test.each([
    [market.replace("BTCUSDT", "NOPE"), "-1121 Invalid symbol."],
    [market.replace("BUY", "HOLD"), "-1117 Invalid side."],
    [market.replace("MARKET", "NOPE"), "-1116 Invalid orderType."],
    [limit.replace("GTC", "NOPE"), "-1115 Invalid timeInForce."],
    [market.replace("&side=BUY", ""), "-1102 Mandatory parameter 'side' was not sent"],
    [limit.replace("&price=90000", ""), "-1102 Mandatory parameter 'price' was not sent"],
    [market.replace("&quantity=0.001", ""), "-1102 Param 'quantity' or 'quoteOrderQty' must be sent"],
    [market.replace("0.001", "1e-3"), "-1100 Illegal characters found in parameter 'quantity'"],
    [market.replace("0.001", "0.000001"), "-1013 Filter failure: LOT_SIZE"],
    [limit.replace("90000", "90000.001"), "-1013 Filter failure: PRICE_FILTER"],
    [limit.replace("0.001", "0.00001"), "-1013 Filter failure: NOTIONAL"],
  ])("is refused: %s", async (query, refusal) => {
    expect(await order(await startEmulator(), query)).toContain(`400 ${refusal}`);
  });

  test("is refused if the key's permission to trade has ended", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const send = () => emulator.sendSigned("/api/v3/order/test", key, { method: "POST", query: market });
    expect(bodyOf(await send())).toEqual({});
    emulator.clock.advance(30 * 86_400_000);
    expect(errorIn(await send())).toMatch(/^401 -2015 /);
  });

  test("is refused if account or market don't allow it", async () => {
    const emulator = await startEmulator();
    await emulator.control.setTrading("BTCUSDT", false);
    expect(await order(emulator, market)).toBe("400 -1013 Market is closed.");
    await emulator.control.editAccount({ canTrade: false });
    expect(await order(emulator, market)).toBe("400 -2010 This account may not place or cancel orders.");
    await emulator.control.editAccount({ lockedSeconds: 60 });
    expect(await order(emulator, market)).toBe("400 -2010 This action is disabled on this account.");
    await emulator.control.editAccount({ lockedSeconds: 0, canTrade: true });
    await emulator.control.setTrading("BTCUSDT", true);
    expect(await order(emulator, market)).toBe("{}");
  });
});
