import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binance } from "../binance.ts";
import { copyOf, filled, openOrders, type RealBot, Session, symbol, testRealBot } from "./real-bot.ts";

// Hummingbot, making a market. Its wheels must have been built before.

const example = "examples/hummingbot";
let session: Session;

beforeAll(async () => {
  session = await Session.start("hummingbot");
  await binance.pinPrice(symbol, "90000");
});

afterAll(async () => {
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

/** The example with its wheels, which git ignores in this repository. */
async function folderWithWheels(): Promise<string> {
  if (!existsSync(join(example, "wheels"))) {
    throw new Error(
      `On Debian 13: bash ${example}/build-wheels.sh ${example}/wheels. These tests need what it builds.`,
    );
  }
  return copyOf(example);
}

const hummingbot: RealBot = {
  title: "Hummingbot 20260922",
  folder: await folderWithWheels(),
  settings: {
    command: "{program}/.venv/bin/python {program}/start.py",
    profile: "jit",
    packages: ["libsecp256k1-2"],
    key: { environment: { apiKey: "BINANCE_API_KEY", apiSecret: "BINANCE_API_SECRET" } },
  },
  firstRequest: "/api/v3/myTrades",
  cancelsOrders: true,
  demo: "not used",
  usesStreams: true,
  buy: async (session) => {
    // Its orders are 1 % below and above the price.
    await session.comes(async () => (await openOrders()).some(({ side }) => side === "BUY"));
    await binance.pinPrice(symbol, "88000");
    await session.comes(async () => (await filled("BUY")).length > 0);
    await session.comes(async () => (await openOrders()).length > 0);
  },
  sell: async (session) => {
    await session.comes(async () => (await openOrders()).some(({ side }) => side === "SELL"));
    await binance.pinPrice(symbol, "92000");
    await session.comes(async () => (await filled("SELL")).length > 0);
  },
};

describe(hummingbot.title, () => {
  testRealBot(hummingbot, () => session);

  test("leaves nothing open", async () => {
    await session.uninstall();
    expect(await openOrders()).toEqual([]);
  });
});
