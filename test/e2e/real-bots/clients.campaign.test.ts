import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binance, demo } from "../binance.ts";
import { tradesAtDemoAccount } from "./demo-account.ts";
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
  await demo.releasePrice(symbol);
});

const tradeOf = (folder: string): string => folder.split("/").at(-1) ?? "";

/** An example, whose orders have its folder's name in their ids. */
function example(
  folder: string,
  real: Pick<RealBot, "title" | "settings" | "firstRequest" | "keyType">,
): RealBot {
  const trade = tradeOf(folder);
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

/** An example with ccxt. It reads what can be deposited before it does anything else. */
function withCcxt(folder: string, title: string, settings: object): RealBot {
  const all = { preset: "ccxt", ...settings };
  const real = example(folder, {
    title,
    settings: all,
    firstRequest: "/sapi/v1/capital/config/getall",
  });
  return { ...real, demo: (session) => tradesAtDemoAccount(session, all, tradeOf(folder)) };
}

describe.each([
  withCcxt("examples/ccxt-python", "ccxt 4.5.90, Python", {
    command: "{program}/.venv/bin/python {program}/bot.py",
    profile: "strict",
  }),
  withCcxt("examples/ccxt-node", "ccxt 4.5.84, Node.js", { command: "/usr/bin/node {program}/bot.js" }),
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
