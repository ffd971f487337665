import { appendFile, cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binance } from "../binance.ts";
import { freqtrade, usual } from "./freqtrade.ts";
import { copyOf, openOrders, Session, symbol, testRealBot } from "./real-bot.ts";

// freqtrade with Binance's streams, and with a strategy that numba compiles while it runs.

let session: Session;

beforeAll(async () => {
  session = await Session.start("freqtrade-streams");
  await binance.pinPrice(symbol, usual);
});

afterAll(async () => {
  await session.stack.remove();
  await binance.releasePrice(symbol);
});

/** The example, with a strategy and a requirement more. */
async function folderWithNumba(): Promise<string> {
  const folder = await copyOf("examples/freqtrade");
  await cp("test/e2e/real-bots/BuyTheDip.py", join(folder, "strategies/BuyTheDip.py"));
  await appendFile(join(folder, "requirements.txt"), "llvmlite==0.50.0\nnumba==0.68.1\n");
  return folder;
}

describe.each([
  freqtrade("freqtrade 2026.9 with streams, numba", await folderWithNumba(), true, { profile: "jit" }),
])("$title", (real) => {
  testRealBot(real, () => session);

  test("leaves nothing open", async () => {
    await session.uninstall();
    expect(await openOrders()).toEqual([]);
  });
});
