import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import type { KeyPair } from "../../binance/key-pair.ts";
import { type Places, Unusable } from "./places.ts";

/** The guard's settings, as `pulumi up` writes them. */
const settings = z.object({
  /** What messages call the server. */
  server: z.string().min(1),
  /** Its static address. */
  ipAddress: z.ipv4(),
});

export type GuardSettings = z.output<typeof settings>;

const keyPair = z.object({ apiKey: z.string().min(1), apiSecret: z.string().min(1) });

/** @throws Unusable */
export function readSettings(places: Places): GuardSettings {
  const result = settings.safeParse(parseJson(read(places.configuration, "guard.json") ?? ""));
  if (result.success) {
    return result.data;
  }
  throw new Unusable("The guard's settings, guard.json, can't be used. `pulumi up` writes them.");
}

/** @throws Unusable, which tells nothing of what was read */
export function readKeyPair(places: Places): KeyPair {
  const result = keyPair.safeParse(parseJson(read(places.credentials, "binance") ?? ""));
  if (result.success) {
    return result.data;
  }
  throw new Unusable("The credential binance holds no key pair. `pulumi up --replace` delivers it again.");
}

/**
 * The webhook's address.
 *
 * @returns undefined where none is set
 * @throws Unusable, which tells nothing of the address
 */
export function readWebhook(places: Places): URL | undefined {
  const text = read(places.credentials, "trading-bot-webhook")?.trim() ?? "";
  if (text === "") {
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") {
    return url;
  }
  throw new Unusable(
    "The webhook's address can't be used: it must start with https://. Set it anew: `pulumi config set --secret webhook`, `pulumi up`.",
  );
}

/** @returns undefined where there is no such file */
function read(folder: string, name: string): string | undefined {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch {
    return undefined;
  }
}
