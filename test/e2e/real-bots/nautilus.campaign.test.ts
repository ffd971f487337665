import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { plainHost, ports } from "../../../sandbox/binance/hosts.ts";
import { binance } from "../binance.ts";
import { filled, openOrders, type RealBot, Session, symbol, testRealBot } from "./real-bot.ts";

// NautilusTrader, with the example's strategy. Its streams' client accepts only authorities that are compiled in, so
// its settings here name a host without TLS. All else is as in production.

let session: Session;

beforeAll(async () => {
  session = await Session.start("nautilus");
  await binance.pinPrice(symbol, "90000");
});

afterAll(async () => {
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

const plain = `${plainHost}:${ports.plain}`;

const nautilus: RealBot = {
  title: "NautilusTrader 1.231.0",
  folder: "examples/nautilus-trader",
  settings: {
    preset: "nautilus-trader",
    hosts: [plain],
    environment: { TRADE: "nautilus", WS_STREAMS: `ws://${plain}`, WS_API: `ws://${plain}/ws-api/v3` },
  },
  keyType: "ed25519",
  firstRequest: "/api/v3/openOrders",
  buy: async (session) => {
    await session.comes(async () => (await filled("BUY")).length === 1);
    await session.comes(async () => (await openOrders()).length === 1);
  },
  sell: async (session) => {
    await binance.pinPrice(symbol, "95000");
    await session.comes(async () => (await filled("SELL")).length === 1);
    expect(await binance.orders()).toHaveLength(2);
  },
  usesStreams: true,
};

describe(nautilus.title, () => {
  testRealBot(nautilus, () => session);

  test("is off without its settings", async () => {
    await session.uninstall();
    expect(await session.bot.activity()).toBe("inactive");
  });
});
