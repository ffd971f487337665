import * as pulumi from "@pulumi/pulumi";
import { BinanceCredentials } from "./components/binance-credentials.ts";
import { BotServer } from "./components/bot-server.ts";
import { Hardening } from "./components/hardening.ts";
import { hostName } from "./components/host-name.ts";
import { KeyGuard } from "./components/key-guard.ts";
import { nextSteps, sshCommand } from "./components/outputs.ts";
import { readSettings } from "./components/settings/read-settings.ts";
import { StaticIp } from "./components/static-ip.ts";
import { TradingBot } from "./components/trading-bot.ts";

// Older versions log every command on the disk without hiding secrets.
await pulumi.requirePulumiVersion(">=3.254.0");

const settings = readSettings();
const name = hostName(pulumi.getStack());

const address = new StaticIp("address", {
  name,
  location: settings.location,
});

const server = new BotServer("server", {
  name,
  address,
  serverType: settings.serverType,
  adminCidrs: settings.adminCidrs,
  sshKeys: settings.sshKeys,
});

const hardening = new Hardening("hardening", {
  server,
  rebootTime: settings.rebootTime,
  hosts: { bot: settings.bot?.hosts ?? [], webhook: settings.webhook },
});

const guard = new KeyGuard("guard", { server, hardening, webhook: settings.webhook });

const bot = new TradingBot("bot", { server, guard, bot: settings.bot });

const credentials = new BinanceCredentials("binance", {
  server,
  keyPair: settings.keyPair,
  verification: settings.verification,
  bot,
});

/** The address to whitelist at Binance. */
export const ipToWhitelist = address.ipAddress;
export const serverName = server.serverName;
/** For `pulumi up --replace`, when a fresh server is wanted at the same address. */
export const serverUrn = server.serverUrn;
export const serverLocation = server.location;
/** Which key pair is live on the server: its fingerprint, or "none". */
export const liveKeyPair = credentials.fingerprint;
export const ssh = pulumi
  .all([address.ipAddress, server.identity.hostKey])
  .apply(([host, hostKey]) => sshCommand(host, hostKey, settings.sshKeys));
export const next = pulumi
  .all([address.ipAddress, credentials.fingerprint])
  .apply(([ip, live]) => nextSteps(ip, live, (settings.bot?.command.length ?? 0) > 0));
/** For the project's own scripts, which speak to the server as Pulumi does. */
export const deployKey = server.identity.deployKey;
export const hostKey = server.identity.hostKey;
