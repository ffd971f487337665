import { join } from "node:path";
import type { KeyPair } from "../../binance/key-pair.ts";
import { BinanceControl } from "../../sandbox/binance/control.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";

/** Binance's control API: what an owner does on its website, and what only tests do. */
export const binance = new BinanceControl(join(foldersOfThisRun().dir, "binance.sock"));

/** The same of the demo account, which has its own keys. */
export const demo = new BinanceControl(join(foldersOfThisRun().dir, "binance-paper.sock"));

/** What a spot bot needs, and no more. */
export const spot = ["reading", "trading"];

/** What a bot that trades futures needs, and no more. */
export const futures = ["reading", "futures"];

/** Creates a key at Binance, as its owner does. */
export async function createKey(label: string, whitelist: string[], permissions = spot): Promise<KeyPair> {
  const { apiKey, apiSecret } = await binance.createKey({ label, whitelist, permissions });
  if (apiSecret === null) {
    throw new Error("an HMAC key has a secret");
  }
  return { apiKey, apiSecret };
}
