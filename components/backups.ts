import * as pulumi from "@pulumi/pulumi";
import type { BotServer } from "./bot-server.ts";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { deliverFiles } from "./commands/file-delivery.ts";
import { programFolder, unitFolder } from "./commands/server-paths.ts";
import { backupNetwork } from "./egress/backup-network.ts";
import { proxyCheck } from "./egress/egress-files.ts";
import { type Hardening, installPackages } from "./hardening.ts";
import type { BackupSettings } from "./settings/checks/backup.ts";
import { backupProxy, backupReport, sandboxOfBackups } from "./unit-sandbox.ts";

export interface BackupsArgs {
  server: BotServer;
  hardening: Hardening;
  /** After what the guard's programs need, because one of them reports that there is no backup. */
  after: pulumi.Resource;
  /** Undefined if no backup leaves the server by itself. Then nothing of this is on the server. */
  backup: BackupSettings | undefined;
  /** "HH:MM" in UTC. */
  backupTime: string;
  /** Under this name the stack's backups are known in the repository. */
  name: string;
}

const credential = "trading-bot-backup";
const folder = "/etc/trading-bot-backup";
const exchangeUnit = "trading-bot-backup@.service";
const nightly = ["state-backup.timer", "trading-bot-backup-overdue.timer"];
const reload = "systemctl daemon-reload";

/** Stores a backup of the bot's state each night off the server, with restic. */
export class Backups extends pulumi.ComponentResource {
  constructor(name: string, args: BackupsArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:Backups", name, {}, options);
    const { server, hardening, after, backup } = args;
    const packages =
      backup === undefined
        ? []
        : [
            installPackages("backup-packages", server.identity, ["restic"], {
              parent: this,
              dependsOn: hardening.installed,
            }),
          ];
    deliverFiles(
      name,
      { server: server.identity, files: pulumi.secret(backupFiles(args)) },
      { parent: this, dependsOn: [hardening.installed, after, ...packages] },
    );
    this.registerOutputs({});
  }
}

/** What is on the server with these settings; without them, all of it is removed. Exported for tests. */
export function backupFiles({
  backup,
  backupTime,
  name,
}: Pick<BackupsArgs, "backup" | "backupTime" | "name">): DeliveredFile[] {
  return backup === undefined ? removed() : installed(backup, backupTime, name);
}

/**
 * What restic.py reads. A key has several lines. It isn't within JSON, which is within the delivery's JSON: in its debug output,
 * Pulumi recognizes a secret of the settings that is escaped once, and no more.
 */
function secretsOf(backup: BackupSettings): string {
  return "privateKey" in backup
    ? `${backup.password}\n${backup.privateKey}`
    : JSON.stringify({
        accessKey: backup.accessKey,
        secretKey: backup.secretKey,
        password: backup.password,
      });
}

function installed(backup: BackupSettings, backupTime: string, name: string): DeliveredFile[] {
  const { storage } = backup;
  const { hosts, proxy } = backupNetwork(storage);
  const restartProxy = `systemctl restart ${backupProxy}`;
  return [
    ...sandboxOfBackups(),
    unit(backupProxy, [`systemctl enable --quiet ${backupProxy}`, restartProxy]),
    unit(exchangeUnit),
    unit("state-backup.service"),
    unit(backupReport),
    deliveredFile(`${programFolder}/restic-unit`, { mode: "0755" }),
    deliveredFile(`${programFolder}/watch-backups`, { mode: "0755" }),
    {
      path: `${folder}/proxy.cfg`,
      content: proxy,
      mode: "0600",
      check: proxyCheck,
      activate: [restartProxy],
    },
    { path: `${folder}/hosts`, content: hosts },
    // In one delivery with the settings that they belong to: both take effect together, or neither does.
    {
      path: `/etc/credstore.encrypted/${credential}`,
      content: secretsOf(backup),
      credential,
      mode: "0600",
    },
    {
      path: `${folder}/storage.json`,
      content: `${JSON.stringify({
        ...{ repository: storage.repository, name, host: storage.host, port: storage.port },
        ...("hostKey" in backup && { user: storage.user, hostKey: backup.hostKey }),
      })}\n`,
      mode: "0600",
    },
    // After what they start.
    ...nightly.map((timer) =>
      deliveredFile(`${unitFolder}/${timer}`, {
        ...(timer === "state-backup.timer" && { values: { backupTime } }),
        activate: [reload, `systemctl enable --quiet ${timer}`, `systemctl restart ${timer}`],
      }),
    ),
  ];
}

function unit(name: string, then: string[] = []): DeliveredFile {
  return deliveredFile(`${unitFolder}/${name}`, { activate: [reload, ...then] });
}

/** The units end first, then go the users. The storage keeps what is in it. */
function removed(): DeliveredFile[] {
  const units = [...nightly, "state-backup.service", backupReport, backupProxy];
  const users = ["trading-bot-backup", "trading-bot-backup-proxy"];
  const activate = [
    ...units.map((name) => `systemctl stop ${name} || ! systemctl cat ${name}`),
    "systemctl stop 'trading-bot-backup@*.service'",
    reload,
    ...users.map((user) => `! id ${user} || userdel ${user}`),
    `rm -rf ${folder} /var/lib/trading-bot-backup /var/cache/trading-bot-backup /run/trading-bot-backup`,
    "rm -f /var/lib/trading-bot-guard/backups.json /var/lib/systemd/timers/stamp-state-backup.timer",
    ...[backupProxy, backupReport].map((name) => `rm -rf ${unitFolder}/${name}.d`),
  ];
  return [
    ...nightly.map((timer) => `${unitFolder}/timers.target.wants/${timer}`),
    `${unitFolder}/multi-user.target.wants/${backupProxy}`,
    ...[...units, exchangeUnit].map((name) => `${unitFolder}/${name}`),
    ...sandboxOfBackups().map(({ path }) => path),
    `${programFolder}/restic-unit`,
    `${programFolder}/watch-backups`,
    `${folder}/proxy.cfg`,
    `${folder}/hosts`,
    `${folder}/storage.json`,
    `/etc/credstore.encrypted/${credential}`,
  ].map((path) => ({ path, content: null, activate }));
}
