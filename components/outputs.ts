import { type ConfiguredKeyPair, isMade as isMadeOnServer } from "../binance/key-pair.ts";
import { hostText } from "../checklist/hosts/allowed-host.ts";
import { type Permissions, permissionsText } from "../checklist/key-rules.ts";
import { versionOfProgram } from "../checklist/own-version.ts";
import { adminUser } from "./commands/server-identity.ts";
import type { Mode } from "./settings/bot/schema.ts";
import { type BotSettings, hasCommand } from "./settings/bot/settings.ts";

/** The version of this project, as `npm run status` compares it. */
export const projectVersion = versionOfProgram();

/** Whether the settings have a key that was made on a server. */
export function hasMadeKey(pair: ConfiguredKeyPair | undefined): boolean {
  return pair !== undefined && isMadeOnServer(pair);
}

/**
 * The command to log in. It pins the host key, so that no other machine can answer the very first login.
 *
 * @param sshKeys the people's own public keys; without one, only the deploy key can log in
 */
export function sshCommand(host: string, hostKey: string, sshKeys: string[]): string {
  if (sshKeys.length === 0) {
    return "npm run ssh";
  }
  const options = [
    // The path of `env` is the same on all systems.
    `KnownHostsCommand=/usr/bin/env echo ${host} ${hostKey}`,
    "UserKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
  ];
  return `ssh ${options.map((option) => `-o '${option}'`).join(" ")} ${adminUser}@${host}`;
}

/** A server that has no key any more, because it is another server than the one on which the key was made. */
export const lostKey =
  "No key is on this server. It doesn't have the private key of binance:publicKey: a key that was made on a server ends with it. The bot stays off. Make a new key: npm run make-key";

/**
 * What the owner does next, one step a line.
 *
 * @param live the fingerprint of the live key pair on the server, or "none"
 * @param mode the bot's, or "none" without a bot
 * @param isMade whether the settings have a key that was made on a server
 * @param permissions those that a new key must have
 */
export function nextSteps(
  ipAddress: string,
  live: string,
  mode: Mode | "none",
  {
    isMade = false,
    permissions = "spot",
    standbyIp,
  }: { isMade?: boolean; permissions?: Permissions; standbyIp?: string | undefined } = {},
): string[] {
  const create = createKey(ipAddress, permissions, standbyIp);
  const run = [
    "Install the bot's program, or a new version of it: npm run install-bot -- FOLDER",
    "If you have stopped the bot, it is still off. To start it: npm run start",
  ];
  if (mode === "paper") {
    return [
      "The bot is in paper mode: it doesn't trade with real money, and doesn't get the live key pair.",
      ...run,
      live === "none"
        ? "There is no live key pair, so the guard has nothing to check. For trading with real money, create a key:"
        : `The live key pair ${live} is on the server, encrypted. Orders that were placed with it stay open: npm run stop lists them`,
      ...(live === "none" ? create : []),
      "When the bot should trade with real money: pulumi config rm --path bot.mode, and then pulumi up",
    ];
  }
  if (live !== "none") {
    return [
      isMade
        ? `The key pair ${live} is on the server, encrypted. Its private key was made there and ends with that server. To change it: npm run make-key`
        : `The key pair ${live} is on the server, encrypted. To change it, set both values again and run: pulumi up`,
      ...(standbyIp === undefined
        ? []
        : [
            `The key's whitelist must have both addresses, ${ipAddress} and the standby address ${standbyIp}, and no other. Binance doesn't report the list: look in API Management, and confirm it: npm run verify -- --confirm`,
          ]),
      "From time to time, check the eight points: npm run verify",
      ...(mode === "live"
        ? run
        : ["Configure the bot that uses the key (docs/bot-settings.md) and run: pulumi up"]),
    ];
  }
  return isMade ? [lostKey] : create;
}

function createKey(ipAddress: string, permissions: Permissions, standbyIp: string | undefined): string[] {
  const addresses =
    standbyIp === undefined
      ? `the address ${ipAddress}`
      : `the addresses ${ipAddress} and ${standbyIp}, the standby address`;
  return [
    `Check that Binance serves ${ipAddress}: npm run ssh -- curl -4sS https://api.binance.com/api/v3/ping prints {}`,
    // Pulumi cuts off what is longer than 150 characters.
    "If it prints anything else, get another address before you whitelist this one: npm run teardown, and then pulumi up",
    `At Binance, create an API key. Permissions: ${permissionsText[permissions]}. Restrict access to ${addresses}`,
    "Or make it on the server, where its private key stays, and do what that prints instead of the next steps: npm run make-key",
    "pulumi config set keyName THE-NAME-YOU-GAVE-IT",
    "pulumi config set --secret binance:apiKey",
    "pulumi config set --secret binance:apiSecret",
    "pulumi up",
  ];
}

/** What `npm run install-bot` compares a program with. Empty if no bot is configured: Pulumi warns about an undefined output. */
export function installedBot(bot: BotSettings | undefined): object | "" {
  if (!hasCommand(bot)) {
    return "";
  }
  const { command, environment, profile, executableTmp, packages, hosts } = bot;
  return { command, environment, profile, executableTmp, packages, hosts: hosts.map(hostText) };
}
