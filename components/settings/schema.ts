import * as z from "zod";
import { listSetting } from "../../checklist/list-setting.ts";
import { verificationSettings } from "../../checklist/verification-settings.ts";
import { checkAdminCidrs, ownAddress } from "./checks/admin-cidrs.ts";
import { type BackupValues, checkBackup } from "./checks/backup.ts";
import { checkAcceptedPermissions, checkVerification } from "./checks/key-rules.ts";
import { checkLocation, checkServerType, checkStandby } from "./checks/locations.ts";
import { checkMadePair } from "./checks/made-pair.ts";
import { checkSecretAddress } from "./checks/secret-address.ts";
import { checkKeyPair, checkToken } from "./checks/secrets.ts";
import { checkSshKeys, ownPublicKey } from "./checks/ssh-keys.ts";
import type { SettingFinding } from "./finding.ts";
import { previousSshKeysSetting } from "./previous-ssh-keys.ts";
import { flag, optionalText, volumeSize, wholeNumber } from "./values.ts";

const { keyName, permissions, acceptedPermissions, verification, testPair, renewAfterMonths, confirmations } =
  verificationSettings.shape;

/**
 * Every setting: its shape, its default, and what is said about it (entry.ts). Pulumi.yaml and docs/settings.md are
 * written from it by `node test/checks/settings-docs.ts`.
 *
 * A new version may change the default of a setting only if that changes nothing on a server that runs already.
 */
export const schema = z.object({
  "hcloud:token": z.string().optional().meta({
    description: "The API token of your Hetzner project, with Read & Write permission.",
    secret: true,
    required: true,
  }),
  adminCidrs: listSetting.default([]).meta({
    description: `Who may connect to the server over SSH: IPv4 ranges, separated by commas. For your current address: \`pulumi config set adminCidrs ${ownAddress}\``,
    example: ownAddress,
    rule: "must be a string or a list of strings",
    hint: "Set one range, or several separated by commas.",
    required: true,
  }),
  "binance:apiKey": z.string().optional().meta({
    description: "The API key from Binance. Create it when you know the address to whitelist.",
    secret: true,
  }),
  "binance:apiSecret": z.string().optional().meta({
    description:
      "The API key's secret (HMAC), or its private key (Ed25519 or RSA, as PEM), which comes from a file: `pulumi config set --secret binance:apiSecret < private.pem`. Set both values or neither.",
    secret: true,
  }),
  "binance:publicKey": z.string().optional().meta({
    description:
      "Instead of `binance:apiSecret`: the Ed25519 public key of a key that `npm run make-key` made on the server. Its private key never leaves that server, and ends with it.",
  }),
  "binance:demoApiKey": z.string().optional().meta({
    description:
      "The API key of Binance's demo account, for a bot in paper mode (docs/bot-settings.md). Create it at https://demo.binance.com.",
    secret: true,
  }),
  "binance:demoApiSecret": z.string().optional().meta({
    description: "The demo API key's secret, or its private key. Set both values or neither.",
    secret: true,
  }),
  keyName,
  bot: z.string().default("").meta({
    description:
      "The bot and how it gets its key. It has parts, which you set one by one, such as `pulumi config set --path bot.preset freqtrade`. docs/bot-settings.md describes them.",
  }),
  sshKeys: listSetting.default([]).meta({
    description:
      "Ed25519 public keys of the people who may log in as `admin`, separated by commas. Without one, `npm run ssh` still opens a shell.",
    example: ownPublicKey,
    rule: "must be a string or a list of strings",
    hint: "Set one public key, or several separated by commas.",
  }),
  previousSshKeys: previousSshKeysSetting.meta({
    description:
      "The SSH keys that are being replaced. `npm run rotate-ssh-keys` sets it, and removes it when it is done. Don't set it yourself.",
    secret: true,
  }),
  webhook: z.string().optional().meta({
    description:
      "An https address that receives the server's warnings, such as one of ntfy, Slack or Telegram. docs/guard.md has the address for each service.",
    secret: true,
  }),
  heartbeat: z.string().optional().meta({
    description:
      "An https address that the server calls after each check that passes, if the bot, the clock and the disk are sound. A service such as healthchecks.io alerts you when the calls stop. docs/guard.md describes it.",
    secret: true,
  }),
  "backup:repository": z.string().optional().meta({
    description:
      "Where backups of the bot's state are stored each night: `s3:https://HOST/BUCKET`, and a folder may follow, or `sftp://USER@HOST:PORT/FOLDER`. docs/backup.md describes it. Without it, none leaves the server by itself.",
  }),
  "backup:accessKey": z.string().optional().meta({
    description: "The access key that a storage with S3 gives you.",
    secret: true,
  }),
  "backup:secretKey": z.string().optional().meta({
    description: "The secret key that belongs to it.",
    secret: true,
  }),
  "backup:privateKey": z.string().optional().meta({
    description:
      "For a storage with sftp: the private key of the server's backups, Ed25519, in OpenSSH's format and without a passphrase.",
    secret: true,
  }),
  "backup:hostKey": z.string().optional().meta({
    description:
      "For a storage with sftp: its host key, such as `ssh-ed25519 AAAA…`. No other one is accepted.",
  }),
  "backup:password": z.string().optional().meta({
    description:
      "The password with which restic encrypts the backups: at least 20 characters. Keep it in your password manager as well: without it, nobody can read them.",
    secret: true,
  }),
  backupTime: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .default("02:30")
    .meta({
      description:
        "When a backup is stored each day: a time in UTC. Each server adds its own delay of up to 30 minutes.",
      example: "02:30",
      rule: "must be a time in UTC, such as 02:30",
    }),
  guardBlindMinutes: wholeNumber(10, 1440).default(30).meta({
    description:
      "After how many minutes you get a message that the guard could not check the key: 10 to 1440.",
    example: "30",
    rule: "must be a whole number from 10 to 1440",
    hint: "It is a number of minutes.",
  }),
  guardPassHours: wholeNumber(1, 168).default(24).meta({
    description:
      "How many hours a check of the key that has passed is valid: 1 to 168. A bot without a valid check isn't started until one passes.",
    example: "24",
    rule: "must be a whole number from 1 to 168",
    hint: "It is a number of hours.",
  }),
  location: optionalText.meta({
    description:
      "Hetzner's location of the address and the server: `fsn1`, `nbg1` or `hel1` in the EU, or `sin`. Binance refuses customers in `ash` and `hil`, and many in `sin`. `npm run move` moves both, until a key is installed.",
    defaultText: "where the server is cheapest (EU)",
  }),
  standby: optionalText.meta({
    description:
      "Another location of Hetzner, where a second address is reserved. Whitelist both addresses: `npm run failover` moves the bot to the second one if the server's location fails (docs/failover.md).",
    defaultText: "no second address",
  }),
  serverType: optionalText.meta({
    description:
      "Hetzner's server type, such as `cx23` or `cpx22`, or `cax11` (arm64). A change shuts the server down for a few minutes, and costs today's price.",
    defaultText: "the cheapest with 2 vCPU and 2 GB that can be ordered",
  }),
  stateVolume: volumeSize.meta({
    description:
      "The size in GB of a volume for the bot's state, which outlives the server: 10 to 10240. It can grow and not shrink. `none` keeps the state on the server's own disk, or moves it back there. docs/operation.md describes the move.",
    example: "10",
    rule: "must be a whole number from 10 to 10240, or none",
    hint: "It is a number of GB.",
    defaultText: "10 for a new stack; a stack from before 0.7.0 keeps its server's own disk",
  }),
  rebootTime: z
    .string()
    .regex(/^(([01]\d|2[0-3]):[0-5]\d|never)$/)
    .default("03:30")
    .meta({
      description:
        "When an update may reboot the server or restart the bot, if it needs that: a time in UTC, or `never` (then do it yourself). The bot starts again by itself.",
      example: "03:30",
      rule: "must be a time in UTC, such as 03:30, or never",
    }),
  permissions,
  acceptedPermissions,
  verification,
  testPair,
  renewAfterMonths,
  confirmations,
  allowSshFromAnywhere: flag.default(false).meta({
    description: "Accepts an `adminCidrs` that is open to the world. Not advised.",
    example: "true",
    rule: "must be true or false",
  }),
  allowAnyLocation: flag.default(false).meta({
    description:
      "Accepts a `location` in which Binance refuses customers, or one that this program doesn't know.",
    example: "true",
    rule: "must be true or false",
  }),
});

/** All settings with their defaults. */
export type Values = z.output<typeof schema>;

/** The settings of backups off the server. */
function readBackup(settings: Values): BackupValues {
  return {
    repository: settings["backup:repository"],
    accessKey: settings["backup:accessKey"],
    secretKey: settings["backup:secretKey"],
    privateKey: settings["backup:privateKey"],
    hostKey: settings["backup:hostKey"],
    password: settings["backup:password"],
  };
}

/** The checks that go beyond the shape of a value, by setting. `bot` has its own in bot/. */
export const checks: Partial<Record<keyof Values, (settings: Values) => SettingFinding[]>> = {
  "hcloud:token": ({ "hcloud:token": token }) => checkToken(token),
  adminCidrs: ({ adminCidrs, allowSshFromAnywhere }) => checkAdminCidrs(adminCidrs, allowSshFromAnywhere),
  "binance:apiKey": ({
    "binance:apiKey": apiKey,
    "binance:apiSecret": apiSecret,
    "binance:publicKey": publicKey,
  }) =>
    publicKey === undefined ? checkKeyPair(apiKey, apiSecret) : checkMadePair(apiKey, apiSecret, publicKey),
  "binance:demoApiKey": ({ "binance:demoApiKey": apiKey, "binance:demoApiSecret": apiSecret }) =>
    checkKeyPair(apiKey, apiSecret, { apiKey: "binance:demoApiKey", apiSecret: "binance:demoApiSecret" }),
  sshKeys: ({ sshKeys }) => checkSshKeys(sshKeys),
  webhook: ({ webhook }) => checkSecretAddress("webhook", webhook),
  heartbeat: ({ heartbeat }) => checkSecretAddress("heartbeat", heartbeat),
  "backup:repository": (settings) => checkBackup(readBackup(settings)),
  location: ({ location, allowAnyLocation }) => checkLocation(location, allowAnyLocation),
  standby: ({ standby, location, allowAnyLocation }) => checkStandby(standby, location, allowAnyLocation),
  serverType: ({ serverType }) => checkServerType(serverType),
  acceptedPermissions: ({ acceptedPermissions }) => checkAcceptedPermissions(acceptedPermissions),
  verification: ({ verification }) => checkVerification(verification),
};
