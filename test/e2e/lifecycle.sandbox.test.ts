import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey } from "./binance.ts";
import { BotOnServer, nextOrder, reported, stackWithBot, tampered, webhook } from "./bot.ts";
import { formsOf } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

// What starts, restarts and stops a bot: docs/bot-lifecycle.md. Every test begins with a bot that runs.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;

beforeAll(async () => {
  stack = await stackWithBot("lifecycle");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
  await stack.setKeyPair(await createKey("TradingBot-Lifecycle-01", [address]));
  await stack.mustUp();
  expect(await stack.script("install-bot", [tampered])).toMatchObject({ code: 0 });
});

beforeEach(async () => {
  await binance.clearFaults();
  await webhook.clear();
  await bot.restartsQuickly();
});

afterAll(async () => {
  await stack.remove();
});

describe("a bot that ends without an error", () => {
  test("is restarted", async () => {
    const before = await bot.property("InvocationID");
    await bot.ask("end");
    await bot.restartsAfter(before);
    expect(await nextOrder()).toMatchObject({ status: 200 });
  });

  test("stays off with bot.mayEnd, and its owner gets a message", async () => {
    await stack.setPath("bot.mayEnd", "true");
    await stack.mustUp();
    await bot.ask("end");
    await bot.becomes("inactive");
    expect((await reported("has ended by itself")).body).toContain("npm run start");
    expect(await server.run("journalctl -t trading-bot-guard -o cat")).toContain("has ended by itself");
    expect(await bot.activity()).toBe("inactive");
  });

  test("is not reported when it is stopped or restarted", async () => {
    await server.run("bot-control start && bot-control restart && bot-control stop && bot-control start");
    expect(await webhook.messages()).toEqual([]);
    await stack.setPath("bot.mayEnd", "false");
    await stack.mustUp();
  });
});

describe("a bot that was stopped by hand", () => {
  const isOff = async () => {
    expect([await bot.activity(), await server.run("bot-control reason-not-to-start")]).toEqual([
      "inactive",
      expect.stringContaining("stopped by hand"),
    ]);
  };

  test("stays off after a reboot, and its open orders are listed, and canceled if that is wanted", async () => {
    await bot.placesOrder();
    const listed = await stack.script("stop", []);
    expect([listed.code, listed.stderr]).toEqual([0, ""]);
    expect(listed.stdout).toContain("stays off");
    expect(listed.stdout).toMatch(
      /The account has \d+ open spot orders?, .*\n- BTCUSDC: BUY 0\.001 at \d+, LIMIT, order/,
    );
    expect(await stack.script("stop", ["--cancel-orders", "--yes"])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/Canceled: \d+ open spot order/),
    });
    expect(await binance.orders({ only: "open" })).toEqual([]);
    await rebootMachine(server.id);
    expect(await server.run("systemctl is-system-running --wait")).toBe("running");
    await isOff();
  });

  test("stays off after changed settings", async () => {
    await stack.setPath("bot.environment.NEW", "value");
    await stack.mustUp();
    await isOff();
  });

  test("stays off after a rotation of its key", async () => {
    await stack.setKeyPair(await createKey("TradingBot-Lifecycle-02", [address]));
    await stack.mustUp();
    await isOff();
  });

  test("stays off after a check that passes, and after the guard had held it", async () => {
    await server.run("systemctl start trading-bot-guard");
    await server.run("echo yes > /var/lib/trading-bot-server/held && systemctl start trading-bot-guard");
    expect(await server.run("ls /var/lib/trading-bot-server")).not.toContain("held");
    await isOff();
  });

  test("stays off after `systemctl start`, which says why in its status", async () => {
    await server.run("systemctl start trading-bot");
    await isOff();
    expect(await server.run("systemctl status trading-bot || true")).toContain(
      "/var/lib/trading-bot-server/stopped",
    );
  });

  test("runs again after `start`, with the new key, and after a reboot", async () => {
    expect(await stack.script("start", [])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^The bot is running\.\nNext: `npm run logs -- --stack lifecycle`/),
    });
    expect(await nextOrder()).toMatchObject({ status: 200 });
    await rebootMachine(server.id);
    await bot.becomes("active");
  });
});

test("a bot starts however often it was stopped and started a moment before", async () => {
  const again =
    "systemctl stop trading-bot && systemctl reset-failed trading-bot && systemctl start trading-bot";
  await server.run(Array(7).fill(again).join(" && "));
  await bot.becomes("active");
});

describe("a bot that fails because the exchange is unavailable", () => {
  const starts = async () =>
    Number(
      await server.run("journalctl --namespace=trading-bot -o cat --boot | grep -c '^started$' || true"),
    );
  const unavailable = () =>
    binance.inject({ times: 10_000, effect: { kind: "garbage", status: 503, body: "Service Unavailable" } });

  test("waits before it is started again, and then runs if the exchange is available again", async () => {
    await unavailable();
    // The first failed start doesn't wait, the second one does.
    await until(async () => (await server.run("cat /run/trading-bot-server/retries || true")) === "1");
    expect(await bot.activity("trading-bot-pause")).toBe("activating");
    await binance.clearFaults();
    await bot.becomes("active");
    expect(await nextOrder()).toMatchObject({ status: 200 });
  });

  test("is started more often than five times, and then runs", async () => {
    await bot.startsWithoutPause();
    const before = await starts();
    await unavailable();
    await until(async () => (await starts()) > before + 8);
    expect(await bot.activity()).not.toBe("failed");
    await binance.clearFaults();
    await bot.becomes("active");
    expect(await nextOrder()).toMatchObject({ status: 200 });
    expect(await webhook.messages()).toEqual([]);
  });
});

test("a bot that keeps failing while the exchange answers is no longer restarted, and its owner gets one message", async () => {
  await bot.placesOrder();
  await bot.ask("crash");
  await bot.becomes("failed");
  const { body } = await reported("no longer restarted");
  expect(body).toContain("npm run start");
  expect(body).toMatch(/\nThe account has \d+ open spot orders?, .*\n- BTCUSDC: BUY 0\.001 at/);
  expect(await webhook.messages()).toHaveLength(1);
  await bot.forget("crash");
  expect(await server.run("bot-control start")).toBe("The bot is running.");
});

describe("a key pair that is revoked", () => {
  let revoked: KeyPair;

  beforeAll(async () => {
    revoked = await createKey("TradingBot-Lifecycle-03", [address]);
    await stack.setKeyPair(revoked);
    await stack.mustUp();
    await bot.becomes("active");
    await bot.placesOrder();
  });

  const storedPairs = () => server.run("ls -A /etc/credstore.encrypted | grep binance || true");
  const settings = async () => (await stack.pulumi(["config", "--json", "--stack", stack.name])).stdout;

  test("is gone from the server and the settings, its orders are canceled, and the key is left to be deleted", async () => {
    expect(await storedPairs()).toBe("binance\nbinance.previous");
    const { code, stdout, stderr } = await stack.script("revoke", ["--yes", "--cancel-orders"]);
    expect([code, stderr]).toEqual([3, ""]);
    expect(stdout).toMatch(/Canceled: \d+ open spot order/);
    expect(stdout).toMatch(/Binance still accepts the key\.[^]*Left to do:\n1\. Delete the key at Binance/);
    expect(await bot.activity()).toBe("inactive");
    expect(await storedPairs()).toBe("");
    expect(await settings()).not.toContain("binance:");
    expect(await binance.orders({ only: "open" })).toEqual([]);
  });

  test("is recognized as deleted, also if revoke was interrupted and is run again", async () => {
    await binance.deleteKey(revoked.apiKey);
    expect(await stack.script("revoke", ["--yes"])).toMatchObject({
      code: 3,
      stdout: expect.stringContaining("can't be tried"),
    });
    await stack.setKeyPair(revoked);
    const { code, stdout } = await stack.script("revoke", ["--yes"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/doesn't know it any more \(.*-2008/)]);
    expect(await settings()).not.toContain("binance:");
  });

  test("is not installed again by `pulumi up`, which also removes it from the state and keeps server and address", async () => {
    const up = await stack.mustUp();
    expect(changes(up)).toEqual({ "key-pair": "update", "key-verification": "delete" });
    expect([await stack.output("ipToWhitelist"), await stack.output("liveKeyPair")]).toEqual([
      address,
      "none",
    ]);
    expect((await onlyServer()).id).toBe(server.id);
    expect(await storedPairs()).toBe("");
    const state = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", stack.name]);
    expect(formsOf(revoked).filter((form) => state.stdout.includes(form))).toEqual([]);
  });

  test("makes room for a new key, with which a person starts the bot", async () => {
    await stack.setKeyPair(await createKey("TradingBot-Lifecycle-04", [address]));
    await stack.mustUp();
    expect(await bot.activity()).toBe("inactive");
    expect(await stack.script("start", [])).toMatchObject({ code: 0 });
    expect(await nextOrder()).toMatchObject({ status: 200 });
  });
});
