import * as z from "zod";
import type { KeyPair } from "../../binance/key-pair.ts";
import { type VerificationSettings, verificationSettings } from "../../checklist/verification-settings.ts";
import { examineAdminCidrs } from "./admin-cidrs.ts";
import { parseBot } from "./bot/bot.ts";
import type { BotSettings } from "./bot/settings.ts";
import type { SettingFinding } from "./finding.ts";
import { examineLocation, examineServerType } from "./locations.ts";
import { malformed, malformedFlag } from "./malformed.ts";
import { examineKeyPair, examineToken, findPlaintextSecrets, namespacedSecrets } from "./secrets.ts";
import { examineSshKeys } from "./ssh-keys.ts";
import { findUnknownSettings } from "./unknown-settings.ts";
import { examineWebhook } from "./webhook.ts";

/** Everything that a person decides, checked. */
export interface Settings extends VerificationSettings {
  location: string;
  serverType: string;
  /** IPv4 ranges that may reach SSH. */
  adminCidrs: string[];
  /** Public keys of the people who may log in. */
  sshKeys: string[];
  /** Undefined until the owner has created a key for the address. */
  keyPair: KeyPair | undefined;
  /** Undefined while nothing is set of a bot. */
  bot: BotSettings | undefined;
  /** Where the server sends its warnings: an https address, which is secret. */
  webhook: string | undefined;
  /** When the server may restart for an update: "HH:MM" in UTC, or "never". */
  rebootTime: string;
}

/** A stack's configuration as Pulumi hands it over. */
export interface Configuration {
  /** The project's name, which is the namespace of its own settings. */
  project: string;
  /** Full names and values. Pulumi serializes lists and flags as JSON. */
  values: Record<string, string>;
  /** Full names of the values that are stored encrypted. */
  secretNames: string[];
}

const flag = z.enum(["true", "false"]).transform((value) => value === "true");

/** A list as JSON, or as a person types it on a command line: separated by commas. */
const list = z.string().transform((value, context) => {
  if (!value.trimStart().startsWith("[")) {
    return value
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean);
  }
  try {
    return z.array(z.string()).parse(JSON.parse(value));
  } catch {
    context.addIssue("is no list of texts");
    return z.NEVER;
  }
});

/** The project's own settings. Their defaults are Pulumi.yaml's too; a test holds the two together. */
export const ownSettings = z.object({
  location: z.string().default("fsn1"),
  serverType: z.string().default("cx23"),
  adminCidrs: list.default([]),
  sshKeys: list.default([]),
  allowSshFromAnywhere: flag.default(false),
  allowAnyLocation: flag.default(false),
  /** Its parts are JSON here, and read on their own. */
  bot: z.string().default(""),
  rebootTime: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|never)$/)
    .default("03:30"),
  ...verificationSettings.shape,
});

/** Read by the hcloud provider itself; its documentation describes them. */
const providerSettings = [
  "hcloud:endpoint",
  "hcloud:endpointHetzner",
  "hcloud:pollInterval",
  "hcloud:pollFunction",
];

/**
 * Reads all settings, and finds all mistakes at once.
 *
 * @returns the settings, unless a finding is an error
 */
export function parseSettings(configuration: Configuration): {
  settings: Settings | undefined;
  findings: SettingFinding[];
} {
  const { project, values, secretNames } = configuration;
  const ownNames = Object.keys(ownSettings.shape);
  const own: Record<string, string> = {};
  for (const name of ownNames) {
    const value = values[`${project}:${name}`];
    if (value !== undefined) {
      own[name] = value;
    }
  }
  const { data, findings: unreadable } = parseOwn(own);
  const pair = keyPair(values);
  const { bot, findings: botFindings } = parseBot(data.bot, {
    storedEncrypted: secretNames.includes(`${project}:bot`),
    keyPair: pair,
  });
  const secretSettings = [...namespacedSecrets, `${project}:webhook`];
  const webhook = values[`${project}:webhook`];

  const findings = [
    ...findUnknownSettings(Object.keys(values), [
      ...ownNames.map((name) => `${project}:${name}`),
      ...secretSettings,
      ...providerSettings,
    ]),
    ...findPlaintextSecrets(values, secretNames, secretSettings),
    ...examineToken(values["hcloud:token"]),
    ...unreadable,
    ...examineLocation(data.location, data.allowAnyLocation),
    ...examineServerType(data.serverType, data.location),
    ...(unreadable.some(({ setting }) => setting === "adminCidrs")
      ? []
      : examineAdminCidrs(data.adminCidrs, data.allowSshFromAnywhere)),
    ...examineSshKeys(data.sshKeys),
    ...examineKeyPair(values["binance:apiKey"], values["binance:apiSecret"]),
    ...botFindings,
    ...examineWebhook(webhook, `${project}:webhook`),
  ];
  const refused = findings.some(({ severity }) => severity === "error");
  return { settings: refused ? undefined : { ...data, keyPair: pair, bot, webhook }, findings };
}

function keyPair(values: Record<string, string>): KeyPair | undefined {
  const { "binance:apiKey": apiKey, "binance:apiSecret": apiSecret } = values;
  return apiKey !== undefined && apiSecret !== undefined ? { apiKey, apiSecret } : undefined;
}

/** A malformed value is reported and stands at its default, so that the other settings are still examined. */
function parseOwn(own: Record<string, string>): {
  data: z.output<typeof ownSettings>;
  findings: SettingFinding[];
} {
  const result = ownSettings.safeParse(own);
  if (result.success) {
    return { data: result.data, findings: [] };
  }
  const wrong = new Set(result.error.issues.map(({ path }) => String(path[0])));
  const findings = [...wrong].map((setting): SettingFinding => {
    const { problem, explanation, command } = malformed[setting] ?? malformedFlag;
    return {
      severity: "error",
      setting,
      problem: problem ?? `is ${JSON.stringify(own[setting])}`,
      explanation,
      command: `pulumi config ${command.replace("NAME", setting)}`,
    };
  });
  const sound = Object.fromEntries(Object.entries(own).filter(([name]) => !wrong.has(name)));
  return { data: ownSettings.parse(sound), findings };
}
