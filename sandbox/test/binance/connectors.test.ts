import { Spot, SpotRestAPI } from "@binance/spot";
import { Wallet } from "@binance/wallet";
import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../emulator/clock.ts";
import { makeKey, startEmulator } from "./support/emulator.ts";
import { permittedTime } from "./support/permitted-time.ts";
import { makePair } from "./support/signing.ts";

// Binance's own clients, unmodified: the emulator must understand what they send, and answer what they expect.

async function clients(type: "hmac" | "ed25519" | "rsa", whitelist: string[] = []) {
  const emulator = await startEmulator({ clock: systemClock });
  const pair = type === "hmac" ? undefined : makePair(type);
  const request = pair === undefined ? { type } : { type, publicKey: pair.publicKey };
  const { apiKey, apiSecret } = await makeKey(emulator, { ...request, whitelist });
  const configuration = {
    apiKey,
    basePath: emulator.url,
    retries: 0,
    timeout: permittedTime,
    ...(pair === undefined ? { apiSecret: apiSecret ?? "" } : { privateKey: pair.pem }),
  };
  // The clients' documentation gives them plain objects, as their class for it is not exported.
  /* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment */
  const spot = new Spot({ configurationRestAPI: configuration });
  const wallet = new Wallet({ configurationRestAPI: configuration });
  /* eslint-enable @typescript-eslint/no-unsafe-class-instance-assignment */
  return { emulator, spot: spot.restAPI, wallet: wallet.restAPI };
}

describe.each(["hmac", "ed25519", "rsa"] as const)("the official clients with a key of type %s", (type) => {
  test("read account and restrictions, and test an order", async () => {
    const { emulator, spot, wallet } = await clients(type);
    expect(await (await spot.time()).data()).toMatchObject({ serverTime: expect.any(Number) });
    expect(await (await spot.exchangeInfo({ symbols: ["BTCUSDT"] })).data()).toMatchObject({
      symbols: [{ symbol: "BTCUSDT" }],
    });
    const account = await spot.getAccount({ omitZeroBalances: true, recvWindow: 10_000 });
    expect(await account.data()).toMatchObject({
      canTrade: true,
      balances: [{ asset: "BTC" }, { asset: "USDT" }, { asset: "USDC" }],
    });
    expect(account.rateLimits).toEqual([
      { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, count: 41 },
    ]);
    const order = await spot.orderTest({
      symbol: "BTCUSDT",
      side: SpotRestAPI.OrderTestSideEnum.BUY,
      type: SpotRestAPI.OrderTestTypeEnum.LIMIT,
      timeInForce: SpotRestAPI.OrderTestTimeInForceEnum.GTC,
      quantity: 0.001,
      price: 90_000,
    });
    expect(await order.data()).toEqual({});

    expect(await (await wallet.getApiKeyPermission()).data()).toMatchObject({
      ipRestrict: false,
      enableReading: true,
      enableSpotAndMarginTrading: true,
      enableWithdrawals: false,
    });
    expect(await (await wallet.accountStatus()).data()).toEqual({ data: "Normal" });
    expect(await (await wallet.accountApiTradingStatus()).data()).toMatchObject({
      data: { isLocked: false },
    });
    expect(await (await wallet.fetchWithdrawAddressList()).data()).toEqual([]);
    expect(emulator.reported).toEqual([]);
  });

  test("are refused from another address", async () => {
    const { spot, wallet } = await clients(type, ["203.0.113.1"]);
    const rejected = { name: "UnauthorizedError", code: -2015 };
    await expect(spot.getAccount()).rejects.toMatchObject(rejected);
    await expect(wallet.getApiKeyPermission()).rejects.toMatchObject(rejected);
  });
});
