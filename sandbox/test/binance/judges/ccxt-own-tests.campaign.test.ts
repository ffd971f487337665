import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { BinanceControl } from "../../../binance/control.ts";
import { attempt, run } from "../../../command.ts";
import { foldersOfThisRun } from "../../../run-folders.ts";
import { pythonOfThisRun } from "./python.ts";

// ccxt's own tests of an exchange, as its authors run them against the real Binance. Its Python package has them. They
// compare every field of every answer with what ccxt documents.

const binance = new BinanceControl(join(foldersOfThisRun().dir, "binance.sock"));
let folder = "";
let apiKey = "";

/** What ccxt's tests can't pass here, and why. */
const skipped = {
  orderBook: { timestamp: "Binance's order book has no time" },
  // The emulated account has no deposits, no loans and no futures; the emulator refuses these calls.
  ...Object.fromEntries(
    [
      "fetchLeverageTiers",
      "fetchDeposits",
      "fetchWithdrawals",
      "fetchTransfers",
      "fetchBorrowInterest",
      "fetchMarginModes",
    ].map((method) => [method, "isn't emulated"]),
  ),
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ccxt-tests-"));
  const key = await binance.createKey({ label: "ccxt", permissions: ["reading", "trading"] });
  apiKey = key.apiKey;
  // They read their settings from two folders above, and don't run in a folder for installed packages.
  const installed = await run([
    pythonOfThisRun(),
    "-c",
    "import ccxt, os; print(os.path.dirname(ccxt.__file__))",
  ]);
  const source = join(folder, "python/ccxt");
  await mkdir(source, { recursive: true });
  for (const name of await readdir(installed.trim())) {
    const original = join(installed.trim(), name);
    await (name === "test"
      ? cp(original, join(source, name), { recursive: true })
      : symlink(original, join(source, name)));
  }
  const settings = {
    ...{ apiKey, secret: key.apiSecret },
    has: { swap: false, future: false, option: false, index: false },
    options: { fetchMarkets: { types: ["spot"] } },
  };
  await writeFile(join(folder, "keys.json"), JSON.stringify({ binance: settings }));
  await writeFile(join(folder, "skip-tests.json"), JSON.stringify({ binance: { skipMethods: skipped } }));
});

afterAll(async () => {
  await binance.deleteKey(apiKey);
  await rm(folder, { recursive: true });
});

test.each([
  [
    "REST",
    ["--sync", "--private"],
    [
      ...["loadMarkets", "fetchCurrencies", "fetchTicker", "fetchTickers", "fetchLastPrices", "fetchOHLCV"],
      ...["fetchTrades", "fetchOrderBook", "fetchStatus", "fetchBalance", "fetchTransactionFees"],
      ...["fetchTradingFees", "fetchOrders", "fetchOpenOrders", "fetchClosedOrders", "fetchMyTrades"],
    ],
  ],
  // Those of the account's streams wait for events that only another program would cause.
  [
    "streams",
    ["--ws"],
    [
      ...["watchTicker", "watchTickers", "watchBidsAsks", "watchOHLCV", "watchOHLCVForSymbols"],
      ...["watchOrderBook", "watchOrderBookForSymbols", "watchTrades", "watchTradesForSymbols"],
    ],
  ],
])("ccxt's own tests pass: %s", async (_, options, methods) => {
  const { stdout, stderr } = await attempt([
    "env",
    `PYTHONPATH=${join(folder, "python")}:${process.env.PYTHONPATH ?? ""}`,
    pythonOfThisRun(),
    join(folder, "python/ccxt/test/tests_init.py"),
    ...["binance", "BTC/USDC", ...options],
  ]);
  const lines = `${stdout}\n${stderr}`.split("\n");
  // Other failures have no name of an exchange, such as that of Python 3.11 to end a TLS connection.
  expect(lines.filter((line) => line.includes("[TEST_FAILURE] binance"))).toEqual([]);
  const passed = lines.flatMap((line) => /TESTING DONE +binance (\w+)/.exec(line)?.[1] ?? []);
  expect(passed).toEqual(expect.arrayContaining(methods));
});
