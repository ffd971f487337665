import { generateKeyPairSync, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { BinanceClient } from "../../binance/client.ts";
import type { Failure, Result } from "../../binance/failure.ts";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { futuresHost } from "../../binance/request.ts";
import { throughServer } from "../../scripts/lib/verification/vantage-points.ts";
import { binance, createKey, futures, spot } from "./binance.ts";
import { formsOf } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, type Run, Stack } from "./stack.ts";
import { testVerify } from "./verify-tests.ts";

// Keys of every kind are tried on one server, on which a good one is live from the start.

const elsewhere = "198.51.100.66";
const pairs: KeyPair[] = [];

let stack: Stack;
let server: Server;
let address: string;
let live: KeyPair;

/** Creates a key. At the end, everything that was printed is searched for it. */
async function key(label: string, whitelist: string[], permissions?: string[]): Promise<KeyPair> {
  const pair = await createKey(label, whitelist, permissions);
  pairs.push(pair);
  return pair;
}

/** Expects that a pair was refused, and that the previous one is still live. */
async function expectRefused({ code, stdout }: Run, ...messages: string[]): Promise<void> {
  expect(code).not.toBe(0);
  for (const message of messages) {
    expect(stdout).toContain(message);
  }
  expect(await server.run("binance-credential fingerprint")).toBe(fingerprint(live));
  // The stack still knows its server: `npm run ssh` and `npm run verify` keep working.
  expect(await stack.output("liveKeyPair")).toBe(fingerprint(live));
  expect(await stack.output("ipToWhitelist")).toBe(address);
}

beforeAll(async () => {
  stack = await Stack.ready("gate");
  await stack.unset("verification");
  await stack.set("keyName", "TradingBot-Hetzner-01");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  // The guard also sends requests to Binance, which these tests count.
  await server.run("systemctl stop trading-bot-guard.timer");
});

afterEach(async () => {
  await binance.clearFaults();
  await binance.changeAccess(address, { kind: "pardon" });
  await binance.setClockOffset(0);
  await binance.editAccount({ canTrade: true, lockedSeconds: 0, isReduceOnly: false });
});

afterAll(async () => {
  await stack.remove();
});

describe("a key as it should be", () => {
  test("is verified by `pulumi up`, and then activated", async () => {
    live = await key("TradingBot-Hetzner-01", [address]);
    await stack.setKeyPair(live);
    expect(changes(await stack.mustUp())).toEqual({
      guard: "update",
      "key-verification": "create",
      "key-pair": "update",
    });
    expect(await server.pairInUnit()).toEqual(live);
  });

  test("isn't verified again while nothing changes, and never in a preview", async () => {
    const { requests } = await binance.during(async () => {
      await stack.preview();
      await stack.mustUp();
    });
    expect(requests).toEqual([]);
  });

  test("is verified only through the server: Binance sees no other address", async () => {
    live = await key("TradingBot-Hetzner-02", [address]);
    await stack.setKeyPair(live);
    const { result, requests } = await binance.during(() => stack.mustUp());
    expect(changes(result)).toEqual({
      guard: "update",
      "key-verification": "update",
      "key-pair": "update",
    });
    expect([...new Set(requests.map(({ source }) => source))]).toEqual([address]);
  });
});

describe("a key that must not be used is refused with the reason, and the live one stays", () => {
  test.each<[string, () => Promise<KeyPair>, string[]]>([
    [
      "withdrawals are on",
      () => key("bot", [address], [...spot, "withdrawals"]),
      ["Withdrawals are off: fail"],
    ],
    ["no whitelist", () => key("bot", []), ["The whitelist is active: fail"]],
    ["whitelisted for another address", () => key("bot", [elsewhere]), ["isn't in the key's whitelist"]],
    [
      "futures are on",
      () => key("bot", [address], [...spot, "futures"]),
      ["enableFutures", "pulumi config set permissions futures"],
    ],
    [
      "a permission that nobody knows",
      () => key("bot", [address], [...spot, "permitsTeleport"]),
      ["pulumi config set acceptedPermissions permitsTeleport"],
    ],
    [
      "an account that may only sell",
      async () => {
        await binance.editAccount({ isReduceOnly: true });
        return key("bot", [address]);
      },
      ["The account may only reduce what it has", "residents of the EU"],
    ],
    ["no trading", () => key("bot", [address], ["reading"]), ["The key may trade"]],
    [
      "a wrong secret",
      async () => ({ ...(await key("bot", [address])), apiSecret: randomBytes(32).toString("hex") }),
      ["-1022"],
    ],
    [
      "a deleted key",
      async () => {
        const pair = await key("bot", [address]);
        await binance.deleteKey(pair.apiKey);
        return pair;
      },
      ["-2008"],
    ],
  ])("%s", async (_, create, messages) => {
    await stack.setKeyPair(await create());
    const result = await stack.up();
    await expectRefused(result, "It was not activated; the current pair stays live.", ...messages);
    expect(changes(result)).not.toHaveProperty("key-pair");
  });

  test("the next `pulumi up` with a fixed key works", async () => {
    const fixed = await key("fixed", []);
    await stack.setKeyPair(fixed);
    await expectRefused(await stack.up());
    await binance.editKey(fixed.apiKey, { whitelist: [address] });
    expect(changes(await stack.mustUp())).toMatchObject({ "key-pair": "update" });
    live = fixed;
    expect(await server.pairInUnit()).toEqual(live);
  });
});

describe("a pair that can't be verified is not activated, and the reason is shown", () => {
  test.each<[string, () => Promise<void>, string[]]>([
    [
      "an exchange that resets every connection",
      () => binance.inject({ times: 50, effect: { kind: "reset" } }),
      ["was closed"],
    ],
    [
      "an exchange that replies garbage",
      () => binance.inject({ times: 50, effect: { kind: "garbage", status: 200, body: "<html>" } }),
      ["JSON"],
    ],
    ["a ban", () => binance.changeAccess(address, { kind: "ban", seconds: 120 }), ["418"]],
    [
      "a firewall that turns the server away",
      () => binance.changeAccess(address, { kind: "block" }),
      ["403", "get another address: `npm run teardown`"],
    ],
    [
      "a country that Binance doesn't serve",
      () => binance.changeAccess(address, { kind: "restrict" }),
      ["451"],
    ],
  ])("%s", async (_, arrange, messages) => {
    await stack.setKeyPair(await key("bot", [address]));
    await arrange();
    await expectRefused(await stack.up(), ...messages);
  });

  test("a key for chosen symbols: the setting testPair names one of them", async () => {
    const pair = await key("symbols", [address]);
    await binance.editKey(pair.apiKey, { symbols: ["ETHUSDC"] });
    await stack.setKeyPair(pair);
    await expectRefused(await stack.up(), "list of the symbols", "pulumi config set testPair");
    await stack.set("testPair", "ETHUSDC");
    await stack.mustUp();
    live = pair;
    expect(await server.pairInUnit()).toEqual(live);
    await stack.unset("testPair");
  });

  test("a key that Binance accepts for everything but orders: the whitelist isn't blamed", async () => {
    await stack.setKeyPair(await key("bot", [address]));
    const refusal = {
      kind: "error",
      status: 401,
      code: -2015,
      message: "Invalid API-key, IP, or permissions for action.",
    } as const;
    await binance.inject({ path: "^/api/v3/order/test[?]", times: 1, effect: refusal });
    const result = await stack.up();
    await expectRefused(result, "the whitelist needs no change", "Enable Spot & Margin Trading");
    expect(result.stdout).not.toContain("isn't in the key's whitelist");
  });

  test("a clock that is 2 s off doesn't matter: the exchange's clock is used", async () => {
    await binance.setClockOffset(-2000);
    live = await key("clock", [address]);
    await stack.setKeyPair(live);
    await stack.mustUp();
    expect(await server.pairInUnit()).toEqual(live);
  });
});

describe("what a key may do is declared", () => {
  /** Whether the guard lets a bot run with the live pair: its exit code. */
  const guardCode = () =>
    server.run(
      "systemctl start trading-bot-guard || true; systemctl show -P ExecMainStatus trading-bot-guard",
    );

  test("a key for futures passes gate, guard and verify if it is declared", async () => {
    await stack.set("permissions", "futures");
    const pair = await key("TradingBot-Futures-01", [address], futures);
    await stack.setKeyPair(pair);
    const { requests } = await binance.during(() => stack.mustUp());
    live = pair;
    expect(await server.pairInUnit()).toEqual(live);
    const paths = requests.map(({ path }) => path.split("?")[0]);
    expect(paths).toEqual(
      expect.arrayContaining(["/fapi/v1/accountConfig", "/fapi/v3/balance", "/fapi/v1/order/test"]),
    );
    expect([...new Set(requests.map(({ source }) => source))]).toEqual([address]);
    expect(await guardCode()).toBe("0");
    const { stdout } = await stack.script("verify", []);
    expect(stdout.replaceAll(/\s+/g, " ")).toMatch(/The key may trade pass proven/);
    expect(stdout).not.toMatch(/\bfail\b/);
  });

  /** Places an order of futures through the server, as a bot does. */
  async function place(path: string, parameters: Record<string, string>): Promise<void> {
    const reached = {
      host: address,
      user: "admin",
      deployKey: await stack.output("deployKey"),
      hostKey: await stack.output("hostKey"),
    };
    const call = { method: "POST", path, parameters, security: "SIGNED" } as const;
    const send = (client: BinanceClient) => client.request<unknown>(call, z.looseObject({}));
    const failed = (failure: Failure): Result<unknown> => ({ ok: false, failure });
    const placed = await throughServer<Result<unknown>>(reached, live, send, failed, { host: futuresHost });
    expect(placed).toMatchObject({ ok: true });
  }

  test("what a bot has left open is that of futures, and its orders are canceled if that is wanted", async () => {
    await binance.transferFutures({ kind: "deposit", amount: "1000" });
    const price = String(Math.round(Number((await binance.price("BTCUSDT")).price) * 0.9));
    const order = { symbol: "BTCUSDT", quantity: "0.01" };
    await place("/fapi/v1/order", { ...order, side: "BUY", type: "MARKET" });
    await place("/fapi/v1/order", { ...order, side: "BUY", type: "LIMIT", timeInForce: "GTC", price });
    const stop = { side: "SELL", type: "STOP_MARKET", algoType: "CONDITIONAL", triggerPrice: price };
    await place("/fapi/v1/algoOrder", { ...order, ...stop });
    const { code, stdout } = await stack.script("stop", ["--cancel-orders", "--yes"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("The account has 2 open futures orders")]);
    expect(stdout).toMatch(
      new RegExp(`BTCUSDT: BUY 0.01 at ${price}, LIMIT[^]*SELL 0.01, triggered at ${price}, STOP_MARKET`),
    );
    expect(stdout).toMatch(/BTCUSDT: long 0\.01, entered at \d/);
    expect(stdout).toContain("Canceled: 2 open futures orders.");
    expect(await binance.futures()).toMatchObject({ orders: [], positions: [{ symbol: "BTCUSDT" }] });
    // The account is that of the test files after this one as well.
    await place("/fapi/v1/order", { ...order, side: "SELL", type: "MARKET", reduceOnly: "true" });
    expect(await binance.futures()).toMatchObject({ orders: [], positions: [] });
  });

  test("the live pair keeps what was declared for it, as long as a new pair is refused", async () => {
    await stack.unset("permissions");
    await stack.setKeyPair(await key("bot", [address], futures));
    await expectRefused(await stack.up(), "This is a key for futures");
    expect(await guardCode()).toBe("0");
  });

  test("a key for futures is refused if it is no longer declared, and the live pair is held to what it passed", async () => {
    await stack.setKeyPair(live);
    await expectRefused(await stack.up(), "This is a key for futures");
    expect(await guardCode()).toBe("0");
  });

  test("a permission that this program doesn't know can be accepted", async () => {
    await stack.set("acceptedPermissions", "permitsTeleport");
    live = await key("accepted", [address], [...spot, "permitsTeleport"]);
    await stack.setKeyPair(live);
    await stack.mustUp();
    expect([await server.pairInUnit(), await guardCode()]).toEqual([live, "0"]);
    await stack.unset("acceptedPermissions");
  });
});

describe("the owner decides how strict it is", () => {
  test("warn: the findings are shown, and the key is activated", async () => {
    await stack.set("verification", "warn");
    live = await key("warned", []);
    await stack.setKeyPair(live);
    const { stdout } = await stack.mustUp();
    expect(stdout).toContain("The whitelist is active: fail");
    expect(await server.pairInUnit()).toEqual(live);
  });

  test("off: no request is sent", async () => {
    await stack.set("verification", "off");
    live = await key("unverified", []);
    await stack.setKeyPair(live);
    const { requests } = await binance.during(() => stack.mustUp());
    expect(requests).toEqual([]);
    expect(await server.pairInUnit()).toEqual(live);
    await stack.unset("verification");
  });
});

testVerify(() => ({ stack, server, address, key }));

describe("other kinds of keys", () => {
  test("an Ed25519 key, whose private half was never at Binance: the bot gets it with plain line ends", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const { apiKey } = await binance.createKey({
      label: "ed25519",
      type: "ed25519",
      publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
      permissions: spot,
      whitelist: [address],
    });
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await stack.setKeyPair({ apiKey, apiSecret: pem.replaceAll("\n", "\r\n") });
    await stack.mustUp();
    expect(await server.pairInUnit()).toEqual({ apiKey, apiSecret: pem });
  });
});

test("no part of these keys was ever printed or logged, and no signature", () => {
  expect(pairs.flatMap(formsOf).filter((form) => stack.transcript.includes(form))).toEqual([]);
  expect(stack.transcript).not.toMatch(/signature=[0-9a-f]{16}/);
});
