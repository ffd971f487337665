import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binance } from "../binance.ts";
import { openOrders, type RealBot, Session, symbol, testRealBot } from "./real-bot.ts";

// The examples that use a client library: ccxt in Python and in Node.js, and @binance/spot. Those in Node.js get their
// packages by npm ci.

let session: Session;

beforeAll(async () => {
  session = await Session.start("clients");
  await binance.pinPrice(symbol, "90000");
});

afterAll(async () => {
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

/** An example, whose orders have its folder's name in their ids. */
function example(
  folder: string,
  real: Pick<RealBot, "title" | "settings" | "firstRequest" | "keyType">,
): RealBot {
  const trade = folder.split("/").at(-1) ?? "";
  const order = async (id: string) =>
    (await binance.orders()).find(({ clientOrderId }) => clientOrderId === `${trade}-${id}`);
  return {
    ...real,
    folder,
    settings: { ...real.settings, environment: { TRADE: trade } },
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
    usesStreams: true,
  };
}

/** It reads what can be deposited before it does anything else. */
const ccxtsFirst = "/sapi/v1/capital/config/getall";

describe.each([
  example("examples/ccxt-python", {
    title: "ccxt 4.5.90, Python",
    settings: {
      preset: "ccxt",
      command: "{program}/.venv/bin/python {program}/bot.py",
      profile: "strict",
    },
    firstRequest: ccxtsFirst,
  }),
  example("examples/ccxt-node", {
    title: "ccxt 4.5.84, Node.js",
    settings: { preset: "ccxt", command: "/usr/bin/node {program}/bot.js" },
    firstRequest: ccxtsFirst,
  }),
  example("examples/binance-spot", {
    title: "@binance/spot 32.0.4, Node.js",
    settings: {
      command: "/usr/bin/node {program}/bot.js",
      profile: "jit",
      key: { environment: { apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" } },
    },
    keyType: "ed25519",
    firstRequest: "/api/v3/order?",
  }),
])("$title", (real) => {
  testRealBot(real, () => session);

  test("leaves nothing open", async () => {
    await session.uninstall();
    expect(await openOrders()).toEqual([]);
    await binance.pinPrice(symbol, "90000");
  });
});
