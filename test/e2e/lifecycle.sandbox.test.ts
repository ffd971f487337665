import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey } from "./binance.ts";
import { BotOnServer, nextOrder, reported, stackWithBot, tampered, webhook } from "./bot.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

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

  test("stays off after a reboot", async () => {
    expect(await stack.script("stop", [])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("stays off"),
    });
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
  await bot.ask("crash");
  await bot.becomes("failed");
  expect((await reported("no longer restarted")).body).toContain("npm run start");
  expect(await webhook.messages()).toHaveLength(1);
  await bot.forget("crash");
  expect(await server.run("bot-control start")).toBe("The bot is running.");
});
