import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binance } from "../binance.ts";
import { freqtrade, usual } from "./freqtrade.ts";
import { openOrders, Session, symbol, testRealBot } from "./real-bot.ts";

// freqtrade as PyPI has it, by REST. The example's strategy uses TA-Lib.

let session: Session;

beforeAll(async () => {
  session = await Session.start("freqtrade");
  await binance.pinPrice(symbol, usual);
});

afterAll(async () => {
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

describe.each([freqtrade("freqtrade 2026.9, TA-Lib", "examples/freqtrade", false)])("$title", (real) => {
  testRealBot(real, () => session);

  test("leaves nothing open", async () => {
    await session.uninstall();
    expect(await openOrders()).toEqual([]);
  });
});
