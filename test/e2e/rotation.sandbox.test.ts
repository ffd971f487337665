import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint, type KeyPair, serialize } from "../../binance/key-pair.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey, spot } from "./binance.ts";
import { type BotOnServer, reported, runTampered, stackWithBot, webhook } from "./bot.ts";
import type { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

// What happens to a bot that runs when its key pair is replaced, in order.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: KeyPair;

beforeAll(async () => {
  stack = await stackWithBot("rotation");
  ({ server, bot, address, live } = await runTampered(stack));
});

beforeEach(async () => {
  await binance.clearFaults();
});

afterAll(async () => {
  await stack.remove();
});

/** Begins a check that Binance answers only after clearFaults(). */
async function beginCheck(): Promise<void> {
  const path = "/sapi/v1/account/apiRestrictions";
  await bot.withoutTimers();
  await until(async () => (await bot.activity("trading-bot-guard")) === "inactive");
  await binance.clearRequests();
  await binance.inject({ times: 1, path: `^${path}`, effect: { kind: "hold" } });
  await server.run("systemctl start --no-block trading-bot-guard");
  await until(async () => (await binance.requests()).some((request) => request.path.startsWith(path)));
}

async function install(pair: KeyPair): Promise<void> {
  await server.run("binance-credential install", serialize(pair) + "\n");
  live = pair;
}

test("a rotation restarts the bot with the new pair, and confirms that it runs", async () => {
  live = await createKey("TradingBot-Hetzner-02", [address]);
  await stack.setKeyPair(live);
  const before = await bot.property("InvocationID");
  expect(changes(await stack.mustUp())).toEqual({
    guard: "update",
    "key-verification": "update",
    "key-pair": "update",
  });
  expect([await bot.activity(), await bot.property("NRestarts")]).toEqual(["active", "0"]);
  expect(await bot.property("InvocationID")).not.toBe(before);
  const { stdout } = await stack.script("history", ["--json"]);
  expect(z.array(z.looseObject({})).parse(JSON.parse(stdout)).at(-1)).toMatchObject({
    what: "activated",
    fingerprint: fingerprint(live),
  });
});

test("a rotation leaves a bot off that was stopped", async () => {
  await server.run("systemctl stop trading-bot");
  live = await createKey("TradingBot-Hetzner-03", [address]);
  await stack.setKeyPair(live);
  await stack.mustUp();
  expect([await bot.activity(), await server.pairInUnit()]).toEqual(["inactive", live]);
  await server.run("systemctl start trading-bot");
  await bot.becomes("active");
});

test("a rotation that was interrupted before the restart is completed by the next delivery, even of the same pair", async () => {
  await server.run("touch /var/lib/trading-bot-server/activating");
  const before = await bot.property("InvocationID");
  expect(await server.run("binance-credential install", serialize(live) + "\n")).toBe(fingerprint(live));
  expect([await bot.activity(), (await bot.property("InvocationID")) === before]).toEqual(["active", false]);
  expect(await server.run("ls /var/lib/trading-bot-server")).not.toContain("activating");
});

test("a rotation to a pair with which the bot crashes is rolled back, and `pulumi up` says why", async () => {
  const useless = await createKey("for-another-address", ["198.51.100.66"]);
  await stack.set("verification", "off");
  await stack.setKeyPair(useless);
  const { code, stdout } = await stack.up();
  expect(code).not.toBe(0);
  expect(stdout).toContain(`the bot did not run with the new pair ${fingerprint(useless)}`);
  expect(stdout).toContain(
    `The previous pair ${fingerprint(live)} is live again, and the bot runs with it again`,
  );
  expect(await server.pairInUnit()).toEqual(live);
  expect([await bot.activity(), await bot.property("NRestarts")]).toEqual(["active", "0"]);
  expect(await stack.output("liveKeyPair")).toBe(fingerprint(live));
  expect(await server.run("ls -A /etc/credstore.encrypted")).toBe(
    "binance\nbinance.previous\ntrading-bot-webhook",
  );
  const { stdout: history } = await stack.script("history", []);
  expect(history).toContain("rolled back");
  expect(history).toContain(`the bot did not run with ${fingerprint(useless)}`);
});

test("a rotation to a pair that may do too much is rolled back because of the guard, even without the gate", async () => {
  const pair = await createKey("withdrawals-on", [address], [...spot, "withdrawals"]);
  await expect(server.run("binance-credential install", serialize(pair) + "\n")).rejects.toThrow(
    "the guard holds it",
  );
  expect(await server.pairInUnit()).toEqual(live);
  await bot.becomes("active");
  await stack.setKeyPair(live);
  await stack.unset("verification");
  await stack.mustUp();
});

test("a check of the old pair that runs meanwhile ends without a verdict", async () => {
  await beginCheck();
  await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
  await install(await createKey("TradingBot-Hetzner-04", [address]));
  await binance.clearFaults();
  expect(await bot.activity()).toBe("active");
  expect(await server.run("cat /var/lib/trading-bot-server/passed")).toBe(fingerprint(live));
  expect(await server.run("ls /var/lib/trading-bot-server")).not.toContain("held");
});

test("with verification: warn, a pair that may do too much is reported, and the bot runs with it; later it is stopped", async () => {
  await bot.withoutTimers();
  await webhook.clear();
  await stack.set("verification", "warn");
  const warned = await createKey("futures-on", [address], [...spot, "futures"]);
  await stack.setKeyPair(warned);
  expect((await stack.mustUp()).stdout).toContain("enableFutures");
  expect([await bot.activity(), await server.pairInUnit()]).toEqual(["active", warned]);
  expect((await bot.check()).code).toBe(0);
  expect((await reported("enableFutures")).body).toContain("The guard does not stop the bot for this");
  expect(await bot.activity()).toBe("active");
  await stack.unset("verification");
  expect((await stack.up()).code).not.toBe(0);
  expect((await bot.check()).code).not.toBe(0);
  expect(await bot.activity()).toBe("inactive");
  await stack.setKeyPair(live);
  await stack.mustUp();
  await bot.becomes("active");
});

describe("a check of the old pair that runs while the pair is replaced", () => {
  const excessive = [...spot, "withdrawals"];

  const isHeld = async () =>
    (await server.run("ls /var/lib/trading-bot-server")).split("\n").includes("held");
  const passed = () => server.run("cat /var/lib/trading-bot-server/passed");

  test.each<[string, string[], "active" | "inactive"]>([
    ["may do too much", excessive, "inactive"],
    ["passes", spot, "active"],
  ])(
    "doesn't count for a start that joins it: a new pair that %s is checked before the bot starts",
    async (_, permissions, expected) => {
      await server.run("bot-control stop");
      await beginCheck();
      const old = await passed();
      await install(await createKey("TradingBot-Hetzner-05", [address], permissions));
      expect(await passed()).toBe(old);
      // systemd doesn't begin a second check while one runs.
      await server.run(
        "rm /var/lib/trading-bot-server/stopped && systemctl start --no-block trading-bot && systemctl is-active trading-bot-guard | grep activating",
      );
      await binance.clearFaults();
      await until(async () => (await passed()) === fingerprint(live) || (await isHeld()));
      await bot.becomes(expected);
      expect(await server.run("journalctl -t trading-bot-guard -o cat -n 20")).toContain(
        "so it doesn't count",
      );
      await binance.editKey(live.apiKey, { permissions: spot });
      await bot.check();
      await bot.becomes("active");
      expect(await passed()).toBe(fingerprint(live));
    },
  );
});

test.each<[string, () => Promise<unknown>]>([
  ["runs", () => bot.becomes("active")],
  [
    "waits for a check of its key",
    async () => {
      await server.run("systemctl stop trading-bot");
      await beginCheck();
      await server.run("systemctl start --no-block trading-bot");
    },
  ],
  [
    "waits for its restart",
    async () => {
      await bot.ask("crash");
      await until(async () => (await bot.property("SubState")).startsWith("auto-restart"));
      await bot.forget("crash");
    },
  ],
  ["runs, but was disabled", () => server.run("systemctl disable trading-bot")],
])(
  "a pair that is removed while the bot %s leaves no process with the key, and no encrypted copy",
  async (_, prepare) => {
    await prepare();
    expect(await server.run("binance-credential remove")).toBe("none");
    await binance.clearFaults();
    expect(await server.run("grep -lsaF -f - /proc/[0-9]*/environ || true", `${live.apiKey}\n`)).toBe("");
    expect(await server.run("find /etc/credstore.encrypted /run/credentials -name '*binance*'")).toBe("");
    await server.run("systemctl enable --quiet trading-bot");
    await install(live);
    await bot.becomes("active");
  },
);
