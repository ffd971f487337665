import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { KeyPair } from "../../binance/key-pair.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey } from "./binance.ts";

// The example bot, with nothing changed. It is a process of the operator here: its orders need no server.

const program = "examples/test-order-bot/bot.py";
const symbol = "BTCUSDC";
const running: ChildProcess[] = [];
let key: KeyPair;
/** A new name of the orders for each test, because Binance remembers those of the previous tests. */
let name = "";
let ordersBefore = 0;

beforeEach(async () => {
  key = await createKey("example", []);
  name = `test-${running.length}`;
  ordersBefore = (await binance.orders()).length;
  await binance.editAccount({ balances: { USDC: { free: "100" } } });
  await binance.pinPrice(symbol, "90000");
});

afterEach(async () => {
  running.forEach((child) => child.kill("SIGKILL"));
  await binance.clearFaults();
  await binance.releasePrice(symbol);
  await binance.deleteKey(key.apiKey);
});

test("it spends nothing unless a person has switched it on", async () => {
  await line(start({}), "accepted", 3);
  expect(await newOrders()).toEqual([]);
});

test("it buys once, goes on after a crash, sells with a profit, and never trades for the same name again", async () => {
  const first = start({ TRADE: name });
  await line(first, /^bought 0\.00008000 BTC for 7\.20/);
  await kill(first);

  const second = start({ TRADE: name });
  await line(second, "waiting");
  await binance.movePrice(symbol, "93000");
  await line(second, /^sold 0\.00007000 BTC for 6\.5/);
  const complete = await line(second, `${name} is complete: a profit of 0.2`);
  await kill(second);

  expect(await line(start({ TRADE: name }), "complete", 2)).toBe(complete);
  expect(await newOrders()).toMatchObject([
    { clientOrderId: `${name}-buy`, status: "FILLED" },
    { clientOrderId: `${name}-sell`, status: "FILLED" },
  ]);
});

test("it sells with a loss after a fall of the price", async () => {
  const bot = start({ TRADE: name });
  await line(bot, "bought");
  await binance.movePrice(symbol, "88000");
  await line(bot, `${name} is complete: a loss of 0.1`);
});

test.each([true, false])(
  "it never sends an order again that may have been placed (placed: %s)",
  async (isPlaced) => {
    await binance.answerNextOrderUnknown({ isPlaced });
    const bot = start({ TRADE: name });
    await line(bot, "doesn't know what has become of the request");
    await line(bot, isPlaced ? "waiting" : "so it isn't sent again", 2);
    expect(await newOrders()).toHaveLength(isPlaced ? 1 : 0);
  },
);

test("it refuses a name that Binance wouldn't take", async () => {
  const bot = start({ TRADE: "two words" });
  expect(await once(bot.child, "exit")).toEqual([1, null]);
  expect(await newOrders()).toEqual([]);
});

interface Bot {
  child: ChildProcess;
  /** What it has written since the last wait. */
  lines: string[];
}

function start(settings: Record<string, string>): Bot {
  const child = spawn("python3", ["-B", program], {
    env: {
      ...process.env,
      ...{ BINANCE_API_KEY: key.apiKey, BINANCE_API_SECRET: key.apiSecret },
      INTERVAL_SECONDS: "0.1",
      ...settings,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const bot: Bot = { child, lines: [] };
  createInterface({ input: child.stdout }).on("line", (line) => bot.lines.push(line));
  running.push(child);
  return bot;
}

async function kill({ child }: Bot): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "close");
}

/** Waits for lines of the bot. @returns the last of them */
async function line({ child, lines }: Bot, text: string | RegExp, count = 1): Promise<string> {
  const found = () => lines.filter((one) => (typeof text === "string" ? one.includes(text) : text.test(one)));
  await until(
    () => found().length >= count,
    () =>
      child.exitCode === null
        ? undefined
        : `the bot ended before it wrote ${String(text)}:\n${lines.join("\n")}`,
  );
  const last = found()[count - 1] ?? "";
  lines.splice(0, lines.indexOf(last) + 1);
  return last;
}

async function newOrders() {
  return (await binance.orders()).slice(ordersBefore);
}
