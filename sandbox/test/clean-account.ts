import { join } from "node:path";
import { beforeAll } from "@jest/globals";
import { BinanceControl } from "../binance/control.ts";
import { foldersOfThisRun } from "../run-folders.ts";

// Jest loads this before each test file. A run has one exchange for all of its files. An account has at most 30 keys, and
// clients list its open orders, so each file begins without those of the files before it.
beforeAll(async () => {
  const { dir } = foldersOfThisRun();
  for (const socket of ["binance.sock", "binance-paper.sock"]) {
    const account = new BinanceControl(join(dir, socket));
    for (const { apiKey } of await account.keys()) {
      await account.deleteKey(apiKey);
    }
    await account.cancelOrders();
  }
});
