import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { applyLimits, hasControllersOfVersion1 } from "../../sandbox/machines/limits.ts";
import { until } from "../../sandbox/until.ts";
import { binance, spot } from "./binance.ts";
import { type BotOnServer, nextOrder, reported, runTampered, stackWithBot, webhook } from "./bot.ts";
import { floodOfRequests, floods, floodsInBackground, floodsOfDisk, floodsWithinLimits } from "./floods.ts";
import type { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// While a bot that was tampered with floods what it can reach, its key gets a permission that it must not have. The
// guard has to stop the bot, and the operator has to get a new SSH session.
//
// Every flood is limited by a count. In a machine on a host with control groups of version 1, CPUWeight=, MemoryMax= and
// TasksMax= do nothing. There the test puts the bot into groups of that version with the same limits, and tries the floods
// that only these limits stop. On other hosts it leaves these floods out.

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let live: KeyPair;

const table: Record<string, string> = {};

/** In milliseconds. All floods together take minutes until they have all that the limits allow. */
const slowRow = 600_000;

beforeAll(async () => {
  stack = await stackWithBot("attacks");
  ({ server, bot, address, live } = await runTampered(stack));
  await bot.withoutTimers();
});

beforeEach(async () => {
  await bot.becomes("active");
  await nextOrder();
  await limitBot();
});

// Also after a flood that the guard has not stopped.
afterEach(async () => {
  await server.run("systemctl kill --signal=KILL trading-bot || true; systemctl stop trading-bot");
  await server.run("rm -rf /var/lib/trading-bot/{flood,go,ask.py,answer}");
  await binance.changeAccess(address, { kind: "pardon" });
  await binance.editKey(live.apiKey, { permissions: spot, whitelist: [address] });
  await bot.check();
  await server.run("systemctl reset-failed trading-bot || true; systemctl start trading-bot");
});

afterAll(async () => {
  console.table(table);
  await stack.remove();
});

const all = { ...floods, ...(hasControllersOfVersion1 ? floodsWithinLimits : {}) };
const rows = Object.entries(all).map(([name, flood]): [string, string[]] => [name, [flood]]);

test.each([...rows, ["all together", Object.values(all)]] satisfies [string, string[]][])(
  "%s: the guard stops the bot, and a new SSH session is served",
  async (name, programs) => {
    await flood(programs);
    await isStopped(name);
  },
  slowRow,
);

describe("a small disk for the bot, the guard and what root notes about them", () => {
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
  ])("%s: the guard stops the bot, and a new SSH session is served", async (name, column) => {
    await flood([floodsOfDisk[column]]);
    await server.run("touch /var/lib/trading-bot/go");
    await until(
      async () => (await server.run(`df --output=${column} /var/lib/trading-bot | tail -n 1`)) === "0",
    );
    await isStopped(name);
  });
});

test("Binance's quota: the bot's way out is closed, and the next check stops the bot", async () => {
  const name = "Binance's quota";
  table[name] = "the guard was blind";
  await webhook.clear();
  await flood([floodOfRequests]);
  await until(async () => (await binance.requests()).some(({ status }) => status === 418));
  await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
  await bot.check();
  expect(await server.run("systemctl show -P ExecMainStatus trading-bot-guard")).toBe("5");
  await reported("this server has sent too many requests");
  expect((await stack.script("ssh", ["true"])).code).toBe(0);
  expect(await bot.activity()).toBe("active");
  // As if Binance's pause were over. The bot goes on with its requests, and none must arrive.
  await binance.changeAccess(address, { kind: "pardon" });
  await server.run(`sed -i 's/"silentUntil":[0-9]*/"silentUntil":1/' /var/lib/trading-bot-guard/memory.json`);
  await bot.check();
  expect(await bot.activity()).toBe("inactive");
  table[name] = "closed by check 1, stopped by the first one after Binance's pause";
});

/** Waits until each of these floods has taken what it can get. */
async function flood(programs: readonly string[]): Promise<void> {
  const flooding = Number(await bot.execute(floodsInBackground(programs)));
  // If there are many, the kernel may kill one of them early.
  expect(flooding).toBeGreaterThanOrEqual(Math.ceil(programs.length * 0.8));
}

/** The key gets a permission that it must not have. */
async function isStopped(name: string): Promise<void> {
  table[name] = "the guard was blind";
  await binance.editKey(live.apiKey, { permissions: [...spot, "withdrawals"] });
  expect((await stack.script("ssh", ["true"])).code).toBe(0);
  const checks = await checksUntilStopped();
  table[name] = checks === undefined ? "not stopped" : `stopped by check ${checks}`;
  expect(checks).toBeDefined();
  await server.run("test -e /run/trading-bot-server/held");
}

/** In bytes: little, so that the floods soon have all of it. */
const memoryMax = 512 * 1024 * 1024;

async function limitBot(): Promise<void> {
  if (hasControllersOfVersion1) {
    const [cpuWeight = 0, tasksMax = 0] = (
      await server.run("systemctl show -P CPUWeight bot.slice; systemctl show -P TasksMax trading-bot")
    )
      .split("\n")
      .map(Number);
    await applyLimits(server.id, "bot.slice/trading-bot.service", { cpuWeight, memoryMax, tasksMax });
  }
}

/** By which check the bot was stopped: the first or the second. */
async function checksUntilStopped(): Promise<number | undefined> {
  for (const number of [1, 2]) {
    await bot.check();
    if ((await bot.activity()) === "inactive") {
      return number;
    }
  }
  return undefined;
}
