import * as pulumi from "@pulumi/pulumi";
import { addressesToOrder, planAddresses, reserveAddresses } from "./components/addresses.ts";
import { Backups } from "./components/backups.ts";
import { BinanceCredentials } from "./components/binance-credentials.ts";
import { BotServer } from "./components/bot-server.ts";
import { guardAddresses } from "./components/egress/guard-network.ts";
import { Hardening } from "./components/hardening.ts";
import { declaredKey, KeyGuard } from "./components/key-guard.ts";
import { hasMadeKey, installedBot, nextSteps, projectVersion, sshCommand } from "./components/outputs.ts";
import { ServerOrder } from "./components/server-order.ts";
import { hasCommand, usesDemoKey, usesKey } from "./components/settings/bot/settings.ts";
import { readSettings } from "./components/settings/read-settings.ts";
import { nameAtHetzner } from "./components/stack-labels.ts";
import { useNodesStackTraces } from "./components/stack-traces.ts";
import { stateVolume } from "./components/state-volume.ts";
import { TradingBot } from "./components/trading-bot.ts";

useNodesStackTraces();

// Older versions write every command to a log on disk, with its secrets.
await pulumi.requirePulumiVersion(">=3.254.0");

const settings = await readSettings();
const name = nameAtHetzner();
const isKeyMade = hasMadeKey(settings.keyPair);
const addresses = await planAddresses(settings);

const order = new ServerOrder("order", {
  name,
  hetzner: settings.hetzner,
  serverType: settings.serverType,
  ...addressesToOrder(addresses),
  volume: settings.stateVolume,
});
const decided = await order.decided();

const { address, spare } = reserveAddresses(addresses, order);

const server = new BotServer(
  "server",
  {
    name,
    address,
    order,
    serverType: settings.serverType,
    adminCidrs: settings.adminCidrs,
    sshKeys: settings.sshKeys,
    previousSshKeys: settings.previousSshKeys,
    keyEnds: isKeyMade,
  },
  { dependsOn: order },
);

const hardening = new Hardening("hardening", {
  server,
  rebootTime: settings.rebootTime,
  hosts: {
    bot: settings.bot?.hosts ?? [],
    guard: guardAddresses(settings),
  },
  pagePort: settings.bot?.ui,
  storage: settings.backup?.storage,
});

const volume = await stateVolume("state-volume", {
  name,
  decided,
  location: addresses.first.location,
  wanted: settings.stateVolume,
  order,
  server,
  isNear: addresses.active === "first",
  hardening,
});

const guard = new KeyGuard("guard", {
  server,
  hardening,
  webhook: settings.webhook,
  heartbeat: settings.heartbeat,
  blindMinutes: settings.guardBlindMinutes,
  passHours: settings.guardPassHours,
  listsOrders: usesKey(settings.bot) && settings.verification !== "off",
  testPair: settings.testPair,
  key: declaredKey(settings),
  demoPermissions: usesDemoKey(settings.bot) ? settings.permissions : undefined,
});

new Backups("backup", {
  server,
  hardening,
  after: guard.installed,
  backup: settings.backup,
  backupTime: settings.backupTime,
  name,
});

const bot = new TradingBot("bot", {
  server,
  guard,
  volume,
  bot: settings.bot,
  demoKeyPair: settings.demoKeyPair,
  liveKeyPair: settings.verification === "off" ? undefined : settings.keyPair,
  permissions: settings.permissions,
});

const credentials = new BinanceCredentials("binance", {
  server,
  keyPair: settings.keyPair,
  verification: settings.verification,
  rules: settings,
  testPair: settings.testPair,
  bot,
});

/** The server's address, to whitelist at Binance. */
export const ipToWhitelist = address.ipAddress;
/** The address that no server has, to whitelist as well; "none" without the setting `standby`. */
export const standbyIp = spare?.ipAddress ?? "none";
export const serverName = server.serverName;
/** For `pulumi up --replace`, which makes a fresh server at the same address. */
export const serverUrn = server.serverUrn;
export const serverLocation = server.location;
/** What server and address cost a month, by the price list of the day of the order or of the last change. */
export const monthlyCost = order.cost;
/** The fingerprint of the key pair that is live on the server, or "none". */
export const liveKeyPair = credentials.fingerprint;
/** The command to log in. */
export const ssh = pulumi
  .all([address.ipAddress, server.identity.hostKey])
  .apply(([host, hostKey]) => sshCommand(host, hostKey, settings.sshKeys));
/** Whether the bot trades with real money: "live" or "paper"; "none" without a bot. */
export const botMode = hasCommand(settings.bot) ? settings.bot.mode : "none";
/** The version of this project that has set the server up. */
export const version = projectVersion;
/** What to do next. */
export const next = pulumi
  .all([address.ipAddress, credentials.fingerprint, spare?.ipAddress])
  .apply(([ip, live, standbyIp]) =>
    nextSteps(ip, live, botMode, { isMade: isKeyMade, permissions: settings.permissions, standbyIp }),
  );
/** What `npm run install-bot` compares a program with. Secret, so that not every `pulumi up` prints it. */
export const botSettings = pulumi.secret(installedBot(settings.bot));
/** The scripts connect to the server with these, as Pulumi does. */
export const deployKey = server.identity.deployKey;
export const hostKey = server.identity.hostKey;
