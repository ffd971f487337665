import { adminUser } from "./commands/server-identity.ts";

/**
 * How a person logs in. The host key is pinned in the command itself, so that the very first login can't be
 * answered by another machine.
 *
 * @param sshKeys the people's own public keys; without one, only the deploy key opens the server
 */
export function sshCommand(host: string, hostKey: string, sshKeys: string[]): string {
  if (sshKeys.length === 0) {
    return "npm run ssh";
  }
  const options = [
    `KnownHostsCommand=/bin/echo ${host} ${hostKey}`,
    "UserKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
  ];
  return `ssh ${options.map((option) => `-o '${option}'`).join(" ")} ${adminUser}@${host}`;
}

/**
 * What the owner does next, a step a line.
 *
 * @param live the fingerprint of the key pair on the server, or "none"
 * @param hasBot whether a bot is set that runs under its unit
 */
export function nextSteps(ipAddress: string, live: string, hasBot: boolean): string[] {
  if (live !== "none") {
    return [
      `The key pair ${live} is on the server, encrypted. To change it, set both values anew and run: pulumi up`,
      "Check the eight points, now and then: npm run verify",
      ...(hasBot
        ? ["Bring the bot its program, or a new version of it: npm run install-bot -- FOLDER"]
        : ["Set the bot that takes the key, as docs/bot-settings.md tells, and run: pulumi up"]),
    ];
  }
  return [
    `At Binance, create an API key: Reading and Spot & Margin Trading only, access restricted to the address ${ipAddress}`,
    "pulumi config set keyName THE-NAME-YOU-GAVE-IT",
    "pulumi config set --secret binance:apiKey",
    "pulumi config set --secret binance:apiSecret",
    "pulumi up",
  ];
}
