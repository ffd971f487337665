import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type KeyPair, serialize } from "../../binance/key-pair.ts";
import { until } from "../../sandbox/until.ts";
import { allTogether, type Attack, eachFlood, testFloods } from "./attack-tests.ts";
import { binance, createKey, spot } from "./binance.ts";
import { type BotOnServer, reported, runTampered, stackWithBot, webhook } from "./bot.ts";
import { floodOfRequests, floodsOfDisk } from "./floods.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: KeyPair;

beforeAll(async () => {
  stack = await stackWithBot("attacks");
  ({ server, bot, address, live } = await runTampered(stack));
});

afterAll(async () => {
  await stack.remove();
});

testFloods(
  () => ({ stack, server, bot, address, live }),
  [...eachFlood, allTogether],
  { requiresLimits: true },
  (attack) => {
    testFullDisk(attack);
    testLimitsOfBinance(attack);
  },
);

function testFullDisk(attack: Attack): void {
  describe("on a small disk, which the bot, the guard and root's notes about them share", () => {
    const folders = "trading-bot trading-bot-server trading-bot-guard";

    beforeAll(async () => {
      await server.run(`
        systemctl stop trading-bot
        mkdir /var/lib/small
        mount -t tmpfs -o size=16m,nr_inodes=2000,mode=0755 small /var/lib/small
        for folder in ${folders}; do
          cp -a /var/lib/$folder /var/lib/small/ && mount --bind /var/lib/small/$folder /var/lib/$folder || exit 1
        done
        systemctl start trading-bot`);
    });

    afterAll(async () => {
      await server.run(`
        systemctl stop trading-bot
        for folder in ${folders}; do umount /var/lib/$folder; done
        umount /var/lib/small
        systemctl start trading-bot`);
    });

    test.each<[string, keyof typeof floodsOfDisk]>([
      ["the disk's space", "avail"],
      ["the disk's inodes", "iavail"],
    ])(
      "%s: the guard stops the bot, holds it over the next boot, and starts it again when a check passes",
      async (name, column) => {
        const left = () => server.run(`df --output=${column} /var/lib/trading-bot | tail -n 1`);
        await attack.flood(name, [floodsOfDisk[column]]);
        await server.run("touch /var/lib/trading-bot/go");
        await until(async () => (await left()) === "0");
        await attack.isStopped(name);
        const notes = "cd /var/lib/trading-bot-server; cat held; find . -newermt '1 hour ago' -name passed";
        expect([await server.run(notes), await left()]).toEqual(["yes", "0"]);
        await binance.editKey(live.apiKey, { permissions: spot });
        await bot.check();
        await bot.becomes("active");
        expect(await server.run(notes.replace("cat held", "! cat held"))).toBe("./passed");
      },
    );
  });
}

function testLimitsOfBinance(attack: Attack): void {
  test("Binance's quota: the bot's way out is closed, and the next check stops the bot", async () => {
    const name = "Binance's quota";
    await webhook.clear();
    await attack.flood(name, [floodOfRequests]);
    await until(async () => (await binance.requests()).some(({ status }) => status === 418));
    await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
    await bot.check();
    expect(await server.run("systemctl show -P ExecMainStatus trading-bot-guard")).toBe("5");
    await reported("this server has sent too many requests");
    expect((await stack.script("ssh", ["true"])).code).toBe(0);
    expect(await bot.activity()).toBe("active");
    // As if Binance's pause were over. The bot goes on with its requests, and none must arrive.
    await binance.changeAccess(address, { kind: "pardon" });
    await server.run(
      `sed -i 's/"silentUntil":[0-9]*/"silentUntil":1/' /var/lib/trading-bot-guard/memory.json`,
    );
    await bot.check();
    expect(await bot.activity()).toBe("inactive");
    attack.table[name] = "closed by check 1, stopped by the first one after Binance's pause";
  });
}

describe("a bot with a watchdog that ignores the signal to end, and asks systemd for more time", () => {
  const veto = `
import os, signal, socket, threading, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
def ask():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        while True:
            systemd.sendto(b"EXTEND_TIMEOUT_USEC=600000000", os.environ["NOTIFY_SOCKET"])
            time.sleep(0.5)
threading.Thread(target=ask, daemon=True).start()`;
  const killed = async () =>
    Number(await server.run("journalctl -u trading-bot -o cat | grep -c 'timed out. Killing' || true"));

  /** A bot that systemd had to kill has failed. */
  const isOff = async () => /^(inactive|failed)$/.test(await bot.activity());

  beforeAll(async () => {
    await stack.setPath("bot.watchdogSeconds", "30");
    await stack.mustUp();
    // Instead of a minute. It is systemd that has to end the bot then, and not a tool that waits for it longer.
    const dropIn = "/run/systemd/system/trading-bot.service.d/stop.conf";
    await server.run(`mkdir -p $(dirname ${dropIn}) && cat >${dropIn}`, "[Service]\nTimeoutStopSec=2\n");
    await server.run("systemctl daemon-reload");
  });

  test.each<[string, () => Promise<void>]>([
    [
      "a rotation",
      async () => {
        live = await createKey("TradingBot-Hetzner-02", [address]);
        await server.run("binance-credential install", `${serialize(live)}\n`);
        expect([await bot.activity(), await server.pairInUnit()]).toEqual(["active", live]);
      },
    ],
    [
      "`npm run stop`",
      async () => {
        expect(await stack.script("stop", [])).toMatchObject({ code: 0 });
        expect(await isOff()).toBe(true);
        expect(await stack.script("start", [])).toMatchObject({ code: 0 });
      },
    ],
    [
      "the removal of the key",
      async () => {
        await server.run("binance-credential remove");
        expect(await isOff()).toBe(true);
        expect(await server.run("pgrep --euid trading-bot || true")).toBe("");
      },
    ],
  ])("doesn't delay %s", async (_, act) => {
    await bot.becomes("active");
    await bot.execute(veto);
    const before = await killed();
    await act();
    expect(await killed()).toBe(before + 1);
  });
});
