import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binance } from "../binance.ts";
import { openOrders, type RealBot, Session, symbol, table, testRealBot } from "./real-bot.ts";

// The examples with ccxt, in Python and in Node.js. The second one gets its packages by npm ci.

let session: Session;

beforeAll(async () => {
  session = await Session.start("ccxt");
  await binance.pinPrice(symbol, "90000");
});

afterAll(async () => {
  process.stdout.write(`\n${table()}\n`);
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

function ccxt(title: string, folder: string, settings: object): RealBot {
  const trade = folder.split("/").at(-1) ?? "";
  const order = async (id: string) =>
    (await binance.orders()).find(({ clientOrderId }) => clientOrderId === `${trade}-${id}`);
  return {
    title,
    folder,
    settings: { preset: "ccxt", environment: { TRADE: trade }, ...settings },
    buy: async (session) => {
      await session.comes(async () => (await order("buy"))?.status === "FILLED");
      await session.comes(async () => (await order("sell"))?.status === "NEW");
    },
    sell: async (session) => {
      // Its order is at 90900.
      await binance.pinPrice(symbol, "91500");
      await session.comes(async () => (await order("sell"))?.status === "FILLED");
      expect(
        (await binance.orders()).filter(({ clientOrderId }) => clientOrderId.startsWith(trade)),
      ).toHaveLength(2);
    },
    firstRequest: "/sapi/v1/capital/config/getall",
    usesStreams: true,
  };
}

describe.each([
  ccxt("ccxt 4.5.90, Python", "examples/ccxt-python", {
    command: "{program}/.venv/bin/python {program}/bot.py",
    profile: "strict",
  }),
  ccxt("ccxt 4.5.84, Node.js", "examples/ccxt-node", { command: "/usr/bin/node {program}/bot.js" }),
])("$title", (real) => {
  testRealBot(real, () => session);

  test("leaves nothing open", async () => {
    await session.uninstall();
    expect(await openOrders()).toEqual([]);
    await binance.pinPrice(symbol, "90000");
  });
});
