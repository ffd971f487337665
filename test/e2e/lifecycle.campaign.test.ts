import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { KeyPair } from "../../binance/key-pair.ts";
import { rebootMachine } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { runRemotely } from "../../scripts/lib/ssh/remote.ts";
import { binance, createKey } from "./binance.ts";
import { type BotOnServer, nextOrder, reported, runTampered, stackWithBot, webhook } from "./bot.ts";
import { formsOf } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import type { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

// What starts, restarts and stops a bot: docs/bot-lifecycle.md. Every test begins with a bot that runs.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;

beforeAll(async () => {
  stack = await stackWithBot("lifecycle");
  ({ server, bot, address } = await runTampered(stack));
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

  test.each(["SIGHUP", "SIGINT", "SIGTERM"])(
    "is restarted with bot.mayEnd if %s has ended it",
    async (signal) => {
      await server.run("bot-control start");
      const before = await bot.property("InvocationID");
      await server.run(`pkill --signal ${signal} --full '^/usr/bin/python3 .*/bot.py$'`);
      await bot.restartsAfter(before);
      expect(await nextOrder()).toMatchObject({ status: 200 });
    },
  );

  test("with the exit code of SIGPIPE is restarted with bot.mayEnd, and reported if that doesn't help", async () => {
    await server.run("cd /var/lib/trading-bot && echo 141 > asking && mv asking crash");
    await bot.becomes("failed");
    expect((await reported("no longer restarted")).body).toContain("npm run start");
    await bot.forget("crash");
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
      stdout: expect.stringMatching(
        /^server: The bot is running\.\nNext: `npm run logs -- --stack lifecycle`/,
      ),
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
    expect([code, stdout]).toEqual([0, expect.stringMatching(/doesn't know it any more: .*-2008/)]);
    expect(await settings()).not.toContain("binance:");
  });

  test("is not installed again by `pulumi up`, which also removes it from the state and keeps server and address", async () => {
    const up = await stack.mustUp();
    expect(changes(up)).toEqual({ guard: "update", "key-pair": "update", "key-verification": "delete" });
    expect([await stack.output("ipToWhitelist"), await stack.output("liveKeyPair")]).toEqual([
      address,
      "none",
    ]);
    expect((await onlyServer()).id).toBe(server.id);
    expect(await storedPairs()).toBe("");
    const state = await stack.pulumi(["stack", "export", "--show-secrets", "--stack", stack.name]);
    expect(formsOf(revoked).filter((form) => state.stdout.includes(form))).toEqual([]);
  });

  test("is of no use to a thief of the laptop: a copied deploy key can't log in once the SSH keys are replaced", async () => {
    const copied = {
      host: address,
      user: "admin",
      deployKey: await stack.output("deployKey"),
      hostKey: await stack.output("hostKey"),
    };
    expect(await runRemotely(copied, "ls /etc/credstore.encrypted; true")).toMatchObject({ code: 0 });
    expect(await stack.script("rotate-ssh-keys", ["--yes"])).toMatchObject({ code: 0 });
    const withNewHostKey = { ...copied, hostKey: await stack.output("hostKey") };
    await expect(runRemotely(withNewHostKey, "true")).rejects.toThrow("deploy key");
    expect([await stack.output("ipToWhitelist"), (await onlyServer()).id]).toEqual([address, server.id]);
    expect(await storedPairs()).toBe("");
  });

  test("makes room for a new key, with which a person starts the bot", async () => {
    await stack.setKeyPair(await createKey("TradingBot-Lifecycle-04", [address]));
    await stack.mustUp();
    expect(await bot.activity()).toBe("inactive");
    expect(await stack.script("start", [])).toMatchObject({ code: 0 });
    expect(await nextOrder()).toMatchObject({ status: 200 });
  });
});

describe("changed settings", () => {
  test("with which the bot doesn't run are rolled back, and `pulumi up` reports it", async () => {
    await stack.setPath("bot.command", "/usr/bin/false");
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("The previous files were restored.");
    expect(await bot.activity()).toBe("active");
    expect(await nextOrder()).toMatchObject({ status: 200 });
    await stack.setPath("bot.command", "/usr/bin/python3 {program}/bot.py");
    await stack.mustUp();
  });

  test("that come with a new version and with whose sandbox the bot doesn't run are rolled back, sandbox included", async () => {
    const restore = await stack.appendToFile(
      "server/rootfs/etc/systemd/system/trading-.service.d/00-sandbox.conf",
      "InaccessiblePaths=-/opt/trading-bot/releases\n",
    );
    const { code, stdout } = await stack.up();
    await restore();
    expect(code).not.toBe(0);
    expect(stdout).toContain("The previous files were restored.");
    expect(await bot.activity()).toBe("active");
    expect(await nextOrder()).toMatchObject({ status: 200 });
    // For the other units it is the same as before, at the next `pulumi up`.
    expect(changes(await stack.mustUp())).toHaveProperty("base-config", "update");
  });

  test("can watch a bot: one that hangs is restarted", async () => {
    await stack.setPath("bot.watchdogSeconds", "10");
    expect(changes(await stack.mustUp())).toEqual({ bot: "update" });
    expect(await bot.property("Type")).toBe("notify");
    // The bot can't change the process that reports for it.
    const read = `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(ctypes.create_string_buffer(8)), 8)
print(libc.process_vm_readv(os.getppid(), vector, 1, vector, 1, 0), os.strerror(ctypes.get_errno()))
print(os.path.exists(f"/proc/{os.getppid()}"))`;
    expect(await bot.execute(read)).toBe("-1 Operation not permitted\nFalse");
    await bot.restartsQuickly();
    await server.run("touch /var/lib/trading-bot/hang");
    await until(async () => (Number(await bot.property("NRestarts")) > 0 ? true : undefined));
    await server.run("rm /var/lib/trading-bot/hang");
    expect(await server.run("journalctl -u trading-bot -o cat | grep -c 'Watchdog timeout'")).not.toBe("0");
    await bot.becomes("active");
  });
});

describe("a reboot", () => {
  /** When a unit became active, in microseconds since the machine's start. */
  const since = async (unit: string, which = "ActiveEnterTimestampMonotonic") =>
    z.coerce
      .number()
      .positive()
      .parse(await server.run(`systemctl show -P ${which} ${unit}`));

  test("starts the bot again, after the firewall, the clock, its network and the guard", async () => {
    await rebootMachine(server.id);
    await bot.becomes("active");
    const started = await since("trading-bot", "ExecMainStartTimestampMonotonic");
    for (const unit of ["nftables", "trading-bot-clock", "bot-network", "trading-bot-proxy"]) {
      expect([unit, (await since(unit)) <= started]).toEqual([unit, true]);
    }
    expect(await since("trading-bot-guard", "ExecMainExitTimestampMonotonic")).toBeLessThanOrEqual(started);
    expect(await nextOrder()).toMatchObject({ source: address, status: 200 });
  });
});
