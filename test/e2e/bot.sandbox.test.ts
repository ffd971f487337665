import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { until } from "../../sandbox/until.ts";
import { unprintable } from "../support/terminal.ts";
import { createKey } from "./binance.ts";
import { BotOnServer, nextOrder, stackWithBot, tampered, webhookPath } from "./bot.ts";
import { filesWith, formsOf } from "./canary.ts";
import { testEscapes } from "./escape-tests.ts";
import { onlyServer } from "./hetzner.ts";
import { testPage } from "./page-tests.ts";
import { testOtherSecrets } from "./secret-tests.ts";
import { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

// A bot on its server, in order: each test continues from the one before it.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: KeyPair;

beforeAll(async () => {
  stack = await stackWithBot("bot");
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
});

afterAll(async () => {
  await stack.remove();
});

describe("a bot that is configured", () => {
  test("waits for its key: without one it doesn't start, and nothing counts as failed", async () => {
    expect(await bot.activity()).toBe("inactive");
    await server.run("systemctl start trading-bot");
    expect(await bot.activity()).toBe("inactive");
    expect(await server.run("systemctl is-system-running")).toBe("running");
    expect(await server.run("bot-control reason-not-to-start")).toContain("no key yet");
  });

  test("waits for its program when it has the key", async () => {
    live = await createKey("TradingBot-Hetzner-01", [address]);
    await stack.setKeyPair(live);
    expect(changes(await stack.mustUp())).toEqual({
      guard: "update",
      "key-verification": "create",
      "key-pair": "update",
    });
    expect(await bot.activity()).toBe("inactive");
    expect(await server.run("bot-control reason-not-to-start")).toContain("install-bot");
  });

  test("starts when its program is installed, and its orders come from the whitelisted address", async () => {
    const { code, stdout, stderr } = await stack.script("install-bot", [tampered]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining("Traceback")]);
    expect(stdout).toContain("the bot runs with it");
    expect(await bot.activity()).toBe("active");
    expect(await nextOrder()).toMatchObject({ source: address, status: 200 });
  });

  test("is followed by `npm run logs`", async () => {
    const { code, stdout } = await stack.script("logs", ["--no-follow"]);
    expect(code).toBe(0);
    expect(stdout).toContain("an order was accepted");
  });

  test("can't print a line of another unit to the log, or control the terminal", async () => {
    const forged = "2026-11-26T12:00:00+0000 trading-bot-guard[1]: Withdrawals are off: pass";
    await bot.execute(`
import sys
sys.__stdout__.write("\\x1b[2J\\x9b1m\\u202e${forged}\\n")
sys.__stdout__.flush()`);
    const { stdout } = await stack.script("logs", ["--no-follow"]);
    expect(stdout.split("\n").filter((line) => line.endsWith(forged))).toEqual([
      expect.stringMatching(/^\S+ trading-bot\[\d+\]: /),
    ]);
    expect(stdout).not.toMatch(unprintable);
  });

  test("can't push out the key's history by writing much", async () => {
    const history = async () => (await stack.script("history", [])).stdout;
    const before = await history();
    await bot.execute(`
import sys
for _ in range(500):
    sys.__stdout__.write("x" * 10_000 + "\\n")
sys.__stdout__.flush()`);
    expect(before).toContain("activated");
    expect(await history()).toBe(before);
    expect(await server.run("journalctl --output=cat | grep -c xxxxxxxxxx || true")).toBe("0");
  });

  test("is left alone by the same program, and by another `pulumi up`", async () => {
    const before = await bot.property("InvocationID");
    expect((await stack.script("install-bot", [tampered])).stdout).toContain("nothing was done");
    expect(changes(await stack.mustUp())).toEqual({});
    expect(await bot.property("InvocationID")).toBe(before);
  });
});

testEscapes(() => ({ server, bot }));

testPage(() => ({ stack, server, bot }));

describe("the secret", () => {
  const forms = () => formsOf(live);

  test("is in the bot's process, and in no other process's environment or command line", async () => {
    const pid = await server.run("pgrep --parent $(systemctl show -P MainPID trading-bot)");
    const holders = await server.run(`
      for process in /proc/[0-9]*; do
        if cat $process/environ $process/cmdline 2>/dev/null | tr '\\0' '\\n' | grep -qF -e '${live.apiKey}' -e '${live.apiSecret}'; then
          case $(tr '\\0' ' ' <$process/cmdline) in *grep*|*bash*) ;; *) basename $process ;; esac
        fi
      done`);
    expect(holders).toBe(pid);
  });

  test("is in no property of a unit", async () => {
    const properties = await server.run(
      "systemctl show '*'; systemctl show-environment; systemctl cat trading-bot",
    );
    expect(properties.length).toBeGreaterThan(10_000);
    expect(forms().filter((form) => properties.includes(form))).toEqual([]);
  });

  test("is in no core dump: a bot that crashes leaves none", async () => {
    expect(
      await server.run(
        "awk '/core file size/ {print $5, $6}' /proc/$(systemctl show -P MainPID trading-bot)/limits",
      ),
    ).toBe("0 0");
    const before = await bot.property("MainPID");
    await server.run("systemctl kill --signal=SEGV trading-bot");
    await until(async () => {
      const now = await bot.property("MainPID");
      return now !== before && now !== "0" ? true : undefined;
    });
    expect(
      await server.run(
        "find / -xdev -name 'core*' -newer /etc/trading-bot/bot.json -type f -size +100k 2>/dev/null",
      ),
    ).toBe("");
  });

  test("is in no journal", async () => {
    const journal = await server.run("journalctl '--namespace=*' --output=export --all");
    expect(journal.length).toBeGreaterThan(10_000);
    expect(forms().filter((form) => journal.includes(form))).toEqual([]);
    expect(journal).not.toContain(webhookPath);
  });

  test("is on no block of the disk, and in nothing that we printed", async () => {
    expect(await filesWith([...forms(), webhookPath], [server.written])).toEqual([]);
    expect([...forms(), webhookPath].filter((form) => stack.transcript.includes(form))).toEqual([]);
  });

  test("a missing or damaged credential prevents the start", async () => {
    const credential = "/etc/credstore.encrypted/binance";
    await server.run(`systemctl stop trading-bot; mv ${credential} /root/kept`);
    await expect(server.run("systemctl start trading-bot")).rejects.toThrow("Assertion failed");
    for (const damaged of [
      "head -c 100 /root/kept",
      "echo garbage",
      `echo '{"apiKey":"a","apiSecret":"b"}'`,
    ]) {
      await server.run(`${damaged} >${credential}; systemctl reset-failed trading-bot`);
      await expect(server.run("systemctl start trading-bot")).rejects.toThrow();
      expect([damaged, await bot.activity(), await bot.property("ExecMainStatus")]).toEqual([
        damaged,
        "failed",
        "243",
      ]);
    }
    await server.run(`mv /root/kept ${credential}; systemctl reset-failed trading-bot`);
    await server.run("systemctl start trading-bot");
    await bot.becomes("active");
  });

  test("is shown to a person who requests it, and the history records that", async () => {
    expect(JSON.parse(await server.run("SUDO_USER=admin binance-credential show"))).toEqual(live);
    const { stdout } = await stack.script("history", []);
    expect(stdout).toContain("shown");
    expect(stdout).toContain(fingerprint(live));
  });
});

testOtherSecrets(() => ({ stack, server, bot }));
