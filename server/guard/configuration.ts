import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import { fingerprintOf, type KeyPair } from "../../binance/key-pair.ts";
import { permissionsSetting } from "../../checklist/key-rules.ts";
import { declaredKey } from "./declared-key.ts";
import type { Directories } from "./directories.ts";
import { SetupError } from "./setup-error.ts";

/** The guard's configuration, as `pulumi up` writes it. */
const configuration = z.object({
  /** The server's name in messages. */
  server: z.string().min(1),
  /** Its static address. */
  ipAddress: z.ipv4(),
  /** Whether a message that the bot has ended lists the account's open orders. */
  listsOrders: z.boolean().default(false),
  /** The symbol of the test order; the usual ones if it isn't set. */
  testPair: z.string().optional(),
  /** What the settings say about the pair that they contain. */
  key: declaredKey.optional(),
  /** What the demo key pair is for. */
  demoPermissions: permissionsSetting.default("spot"),
});

/** What the guard reads of bot.json, which is installed and rolled back with the bot's unit. */
const botSettings = z.object({ mode: z.literal("paper"), demoKey: z.boolean() });

export type GuardConfiguration = z.input<typeof configuration> & {
  /** Undefined for a bot that trades with real money, and without a bot. */
  paper?: { demoKey: boolean } | undefined;
};

/** The server in messages. Nobody must take the bot in paper mode for one with real money. */
export function nameOf({ server, ipAddress, paper }: GuardConfiguration): string {
  return `${server} (${ipAddress}${paper === undefined ? "" : ", bot in paper mode"})`;
}

const keyPair = z.object({ apiKey: z.string().min(1), apiSecret: z.string().min(1) });

/** @throws SetupError */
export function readConfiguration(
  directories: Directories,
): z.output<typeof configuration> & GuardConfiguration {
  const result = configuration.safeParse(parseJson(read(directories.configuration, "guard.json") ?? ""));
  if (result.success) {
    const bot = botSettings.safeParse(parseJson(read(directories.configuration, "bot.json") ?? ""));
    return { ...result.data, paper: bot.data && { demoKey: bot.data.demoKey } };
  }
  throw new SetupError(
    "The guard's configuration, guard.json, can't be used. `pulumi up --replace '**::guard'` writes it again.",
  );
}

/** The installed pair. Root's tools make the fingerprint of the same text. */
export interface InstalledPair {
  keyPair: KeyPair;
  fingerprint: string;
}

/** @throws SetupError, which reveals nothing of what was read */
export function readKeyPair(directories: Directories): InstalledPair {
  return readPair(directories, "binance", "key-pair");
}

/** @throws SetupError, which reveals nothing of what was read */
export function readDemoPair(directories: Directories): InstalledPair {
  return readPair(directories, "trading-bot-demo-key", "bot");
}

function readPair(directories: Directories, credential: string, resource: string): InstalledPair {
  const text = read(directories.credentials, credential) ?? "";
  const result = keyPair.safeParse(parseJson(text));
  if (result.success) {
    return { keyPair: result.data, fingerprint: fingerprintOf(text) };
  }
  throw new SetupError(
    `The credential ${credential} doesn't contain a key pair. \`pulumi up --replace '**::${resource}'\` writes it again.`,
  );
}

/** A secret address that a unit of the guard calls, by the setting's name. */
export type SecretAddress = "webhook" | "heartbeat";

/**
 * The address of a service.
 *
 * @returns undefined if none is set
 * @throws SetupError, which reveals nothing of the address
 */
export function readAddress(directories: Directories, setting: SecretAddress): URL | undefined {
  const text = read(directories.credentials, `trading-bot-${setting}`)?.trim() ?? "";
  if (text === "") {
    return undefined;
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") {
    return url;
  }
  throw new SetupError(
    `The ${setting}'s address can't be used: it must start with https://. Set it again: \`pulumi config set --secret ${setting}\`, \`pulumi up\`.`,
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
