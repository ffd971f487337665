import ccxt from "ccxt";
import * as z from "zod";
import type { Emulator } from "./emulator.ts";
import { permittedTime } from "./permitted-time.ts";
import type { Signing } from "./signing.ts";

/**
 * ccxt's client with streams, unmodified but for the addresses of its hosts. It ends with the test.
 *
 * @param market "swap" for futures
 */
export async function ccxtClient(emulator: Emulator, key?: Signing, market: "spot" | "swap" = "spot") {
  const client = new ccxt.pro.binance({
    timeout: permittedTime,
    ...(key === undefined ? {} : { apiKey: key.apiKey, secret: secretOf(key) }),
    options: { defaultType: market, fetchMarkets: { types: [market === "spot" ? "spot" : "linear"] } },
  });
  Object.assign(client.urls, withAddress(client.urls, emulator.url));
  // Without TLS, it wants this.
  await client.loadHttpProxyAgent();
  // Its timer of twenty minutes, which keeps a listen key valid, would keep the test's process alive as well.
  Object.assign(client, { delay: () => undefined });
  emulator.beforeStop(() => client.close());
  return client;
}

function secretOf({ signWith }: Signing): string {
  return typeof signWith === "string" ? signWith : String(signWith.export({ type: "pkcs8", format: "pem" }));
}

/** Replaces each host of Binance's by the emulator. */
function withAddress(urls: Record<string, unknown>, address: string): Record<string, unknown> {
  const text = JSON.stringify(urls)
    .replaceAll(/https:\/\/\w+\.binance\.com/g, address)
    .replaceAll(/wss:\/\/[\w-]+\.binance\.com(:\d+)?/g, address.replace("http", "ws"));
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}
