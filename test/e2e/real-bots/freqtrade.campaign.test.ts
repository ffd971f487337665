import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { binance } from "../binance.ts";
import { fallen, freqtrade, usual } from "./freqtrade.ts";
import { copyOf, openOrders, Session, symbol, testRealBot } from "./real-bot.ts";

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

  test("in paper mode buys nothing at Binance, even if its configuration forbids a dry run and a live key is set", async () => {
    const { stack, server } = session;
    const folder = await copyOf("examples/freqtrade");
    const config = await readFile(join(folder, "config.json"), "utf8");
    await writeFile(join(folder, "config.json"), config.replace('"dry_run": true', '"dry_run": false'));
    await binance.pinPrice(symbol, usual);
    await session.rotate(real);
    const environment = { FREQTRADE__TIMEFRAME: "1m", FREQTRADE__EXCHANGE__ENABLE_WS: "false" };
    await stack.set("bot", JSON.stringify({ preset: "freqtrade", mode: "paper", environment }));
    await stack.mustUp();
    await session.installProgram([folder]);
    await session.comes(async () => (await session.log()).includes("heartbeat"));
    const before = await binance.orders();
    await binance.pinPrice(symbol, fallen);
    await session.comes(async () => (await session.log()).includes("LIMIT_BUY has been fulfilled"));
    // As docs/operation.md has it, but with the database of a dry run.
    const database = "sqlite:///{state}/tradesv3.dryrun.sqlite";
    const shown = await stack.script("bot", ["freqtrade", "show-trades", "--db-url", database]);
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining("BTC/USDC") });
    expect(await binance.orders()).toEqual(before);
    expect(await stack.output("liveKeyPair")).not.toBe("none");
    expect(await server.run("ls /run/credentials/trading-bot.service 2>/dev/null || true")).toBe("");
  }, 600_000);

  test("leaves nothing open", async () => {
    await session.uninstall();
    expect(await openOrders()).toEqual([]);
  });
});
