import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import type { KeyPair } from "../../binance/key-pair.ts";
import type { Directories } from "./directories.ts";
import { SetupError } from "./setup-error.ts";

/** The guard's configuration, as `pulumi up` writes it. */
const configuration = z.object({
  /** The server's name in messages. */
  server: z.string().min(1),
  /** Its static address. */
  ipAddress: z.ipv4(),
});

export type GuardConfiguration = z.output<typeof configuration>;

const keyPair = z.object({ apiKey: z.string().min(1), apiSecret: z.string().min(1) });

/** @throws SetupError */
export function readConfiguration(directories: Directories): GuardConfiguration {
  const result = configuration.safeParse(parseJson(read(directories.configuration, "guard.json") ?? ""));
  if (result.success) {
    return result.data;
  }
  throw new SetupError(
    "The guard's configuration, guard.json, can't be used. `pulumi up --replace '**::guard'` writes it again.",
  );
}

/** @throws SetupError, which reveals nothing of what was read */
export function readKeyPair(directories: Directories): KeyPair {
  const result = keyPair.safeParse(parseJson(read(directories.credentials, "binance") ?? ""));
  if (result.success) {
    return result.data;
  }
  throw new SetupError(
    "The credential binance doesn't contain a key pair. `pulumi up --replace '**::key-pair'` writes it again.",
  );
}

/**
 * The webhook's address.
 *
 * @returns undefined if none is set
 * @throws SetupError, which reveals nothing of the address
 */
export function readWebhook(directories: Directories): URL | undefined {
  const text = read(directories.credentials, "trading-bot-webhook")?.trim() ?? "";
  if (text === "") {
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") {
    return url;
  }
  throw new SetupError(
    "The webhook's address can't be used: it must start with https://. Set it again: `pulumi config set --secret webhook`, `pulumi up`.",
  );
}

/** @returns undefined if there is no such file */
function read(directory: string, name: string): string | undefined {
  try {
    return readFileSync(join(directory, name), "utf8");
  } catch {
    return undefined;
  }
}
