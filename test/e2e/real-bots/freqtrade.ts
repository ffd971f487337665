import { expect } from "@jest/globals";
import { binance } from "../binance.ts";
import { filled, openOrders, type RealBot, symbol } from "./real-bot.ts";

/** Higher than any price that the market has by itself. The strategy buys after a fall, and there is none before. */
export const usual = "120000";
export const fallen = "100000";

/** The example's line in the table of real bots. */
export const titleOfExample = "freqtrade 2026.9, TA-Lib";

/** freqtrade trading live, with the example's strategy or another one that buys after a fall. */
export function freqtrade(
  title: string,
  folder: string,
  usesStreams: boolean,
  settings: object = {},
): RealBot {
  return {
    title,
    folder,
    // Its paper mode is a dry run, without an account.
    demo: "not used",
    settings: {
      preset: "freqtrade",
      // The preset's is five minutes.
      watchdogSeconds: 60,
      ...settings,
      environment: {
        FREQTRADE__DRY_RUN: "false",
        FREQTRADE__TIMEFRAME: "1m",
        FREQTRADE__EXCHANGE__ENABLE_WS: String(usesStreams),
      },
    },
    buy: async (session) => {
      const before = (await filled("BUY")).length;
      await session.comes(async () => (await session.log()).includes("heartbeat"));
      await binance.pinPrice(symbol, fallen);
      await session.comes(async () => (await filled("BUY")).length > before);
      await session.comes(async () => (await openOrders()).some(({ type }) => type === "STOP_LOSS_LIMIT"));
      expect(await session.server.run("ls /var/lib/trading-bot")).toContain("tradesv3.sqlite");
    },
    sell: async (session) => {
      const before = (await filled("SELL")).length;
      await binance.pinPrice(symbol, usual);
      await session.comes(async () => (await filled("SELL")).length > before);
      expect((await openOrders()).filter(({ type }) => type === "STOP_LOSS_LIMIT")).toEqual([]);
    },
    firstRequest: "/sapi/v1/capital/config/getall",
    watchedProcess: "freqtrade trade",
    usesStreams,
    hasPage: true,
  };
}
