import ccxt from "ccxt";
import * as z from "zod";
import type { Emulator } from "./emulator.ts";
import type { Signing } from "./signing.ts";

/** ccxt's client with streams, unmodified but for the addresses of its hosts. It ends with the test. */
export async function ccxtClient(emulator: Emulator, key?: Signing) {
  const client = new ccxt.pro.binance({
    ...(key === undefined ? {} : { apiKey: key.apiKey, secret: secretOf(key) }),
    options: { fetchMarkets: { types: ["spot"] } },
  });
  Object.assign(client.urls, withAddress(client.urls, emulator.url));
  // Without TLS, it wants this.
  await client.loadHttpProxyAgent();
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
