import { readPair } from "../../binance/copy-errors.ts";
import type { ConfiguredKeyPair, KeyPair } from "../../binance/key-pair.ts";
import { readConfiguredPair } from "../../binance/made-pair.ts";
import type { HetznerAccess } from "../../hetzner/client.ts";
import { endpointOf } from "../../hetzner/endpoint.ts";
import { parseBot } from "./bot/bot.ts";
import type { BotSettings } from "./bot/settings.ts";
import { type BackupSettings, readBackupSettings } from "./checks/backup.ts";
import { checkEndpoint } from "./checks/endpoint.ts";
import { findPlaintextSecrets } from "./checks/secrets.ts";
import { findUnknownSettings } from "./checks/unknown-settings.ts";
import { entryOf, malformed } from "./entry.ts";
import type { SettingFinding } from "./finding.ts";
import { checks, schema, type Values } from "./schema.ts";

/** Everything that the user has configured, checked. schema.ts describes each setting. */
export interface Settings extends Omit<
  Values,
  | "hcloud:token"
  | "binance:apiKey"
  | "binance:apiSecret"
  | "binance:publicKey"
  | "binance:demoApiKey"
  | "binance:demoApiSecret"
  | "backup:repository"
  | "backup:accessKey"
  | "backup:secretKey"
  | "backup:privateKey"
  | "backup:hostKey"
  | "backup:password"
  | "bot"
> {
  hetzner: HetznerAccess;
  /** Undefined until the owner has created a key for the address. */
  keyPair: ConfiguredKeyPair | undefined;
  /** The key pair for Binance's demo account. */
  demoKeyPair: KeyPair | undefined;
  /** Undefined if no bot is configured. */
  bot: BotSettings | undefined;
  /** Undefined if no backup leaves the server by itself. */
  backup: BackupSettings | undefined;
}

/** A stack's configuration as Pulumi gives it to the program. */
export interface Configuration {
  /** The project's name, which is the namespace of our settings. */
  project: string;
  /** Full names and values. Lists, objects and booleans are JSON. */
  values: Record<string, string>;
  /** Full names of the values that are stored encrypted. */
  secretNames: string[];
  /** Which parts of the setting `bot` are stored encrypted. Undefined if that isn't known. */
  encryptedBotParts: string[] | undefined;
  /** The environment variable HCLOUD_ENDPOINT. */
  endpointVariable?: string | undefined;
}

/** Read by the hcloud provider itself; its documentation describes them. */
const providerSettings = [
  "hcloud:endpoint",
  "hcloud:endpointHetzner",
  "hcloud:pollInterval",
  "hcloud:pollFunction",
];

const secrets = Object.entries(schema.shape)
  .filter(([, setting]) => entryOf(setting).secret)
  .map(([name]) => name);

/**
 * Reads all settings, and finds all mistakes at once.
 *
 * @returns the settings, unless a finding is an error
 */
export function parseSettings({
  project,
  values,
  secretNames,
  encryptedBotParts,
  endpointVariable,
}: Configuration): {
  settings: Settings | undefined;
  findings: SettingFinding[];
} {
  const shortName = (name: string) =>
    name.startsWith(`${project}:`) ? name.slice(project.length + 1) : name;
  const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [shortName(name), value]));
  const encrypted = secretNames.map(shortName);

  const { data, malformedSettings } = parseValues(given);
  const {
    "hcloud:token": token = "",
    "binance:apiKey": apiKey,
    "binance:apiSecret": apiSecret,
    "binance:publicKey": publicKey,
    "binance:demoApiKey": demoApiKey,
    "binance:demoApiSecret": demoApiSecret,
    "backup:repository": repository,
    "backup:accessKey": accessKey,
    "backup:secretKey": secretKey,
    "backup:privateKey": privateKey,
    "backup:hostKey": hostKey,
    "backup:password": password,
    ...rest
  } = data;
  const endpoint = endpointOf(given["hcloud:endpoint"], endpointVariable);
  const hetzner = { token, endpoint: endpoint.url };
  const keyPair = readConfiguredPair({ apiKey, apiSecret, publicKey });
  const demoKeyPair = readPair(demoApiKey, demoApiSecret).pair;
  const { bot, findings: botFindings } = parseBot(data.bot, {
    encrypted: encryptedBotParts,
    keyPair,
    demoKeyPair,
    isDemoKeySet: demoApiKey !== undefined || demoApiSecret !== undefined,
  });

  const names = Object.keys(given);
  const findings = [
    ...findUnknownSettings(names, [...Object.keys(schema.shape), ...providerSettings]),
    ...findPlaintextSecrets(names, encrypted, secrets),
    ...malformedSettings,
    ...Object.entries(checks)
      // The default stands in for a malformed value, and says nothing about it.
      .filter(([name]) => malformedSettings.every(({ setting }) => setting !== name))
      .flatMap(([, check]) => check(data)),
    ...checkEndpoint(endpoint),
    ...botFindings,
  ];
  const refused = findings.some(({ severity }) => severity === "error");
  return {
    settings: refused
      ? undefined
      : {
          ...rest,
          hetzner,
          keyPair,
          demoKeyPair,
          bot,
          backup: readBackupSettings({ repository, accessKey, secretKey, privateKey, hostKey, password }),
        },
    findings,
  };
}

/** Reports malformed values, and uses their defaults, so that the other settings can still be checked. */
function parseValues(given: Record<string, string>): { data: Values; malformedSettings: SettingFinding[] } {
  const result = schema.safeParse(given);
  if (result.success) {
    return { data: result.data, malformedSettings: [] };
  }
  const wrong = new Set(result.error.issues.map(({ path }) => path[0]));
  const sound = Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name)));
  const malformedSettings = Object.entries(schema.shape)
    .filter(([name]) => wrong.has(name))
    .map(([name, setting]) => malformed(name, setting, given[name] ?? ""));
  return { data: schema.parse(sound), malformedSettings };
}
