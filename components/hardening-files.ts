import type { BackupStorage } from "../checklist/backup-storage.ts";
import type { AllowedHost } from "../checklist/hosts/allowed-host.ts";
import { sshdDropIn } from "../hetzner/user-data.ts";
import { pageAddress } from "./bot-page.ts";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { programFolder, unitFolder } from "./commands/server-paths.ts";
import { otherPorts } from "./egress/bot-network.ts";
import { unitSandbox } from "./unit-sandbox.ts";

/** In the firewall's map of users, which may name only those that exist. */
const backupUsers =
  ', "trading-bot-backup" : goto of_backup, "trading-bot-backup-proxy" : goto of_backup_proxy';

// What hardening installs, by subject: each file with the check and the commands that belong to it.

/** Everything in which a mistake can't lock anybody out. */
export function baseConfig(rebootTime: string, storage: BackupStorage | undefined): DeliveredFile[] {
  return [
    ...users(storage),
    ...unitSandbox(),
    ...time(),
    ...updates(rebootTime),
    ...journal(),
    ...unusedSockets(),
    ...undo(),
    ...tools(),
  ];
}

function users(storage: BackupStorage | undefined): DeliveredFile[] {
  const options = { check: 'systemd-sysusers --dry-run "$1"', activate: ["systemd-sysusers"] };
  const ofBackups = deliveredFile("/etc/sysusers.d/trading-bot-backup.conf", options);
  return [
    deliveredFile("/etc/sysusers.d/trading-bot-server.conf", options),
    // The users themselves are removed after their units and after the firewall's rules: components/backups.ts.
    storage === undefined ? { ...ofBackups, content: null } : ofBackups,
  ];
}

function time(): DeliveredFile[] {
  return [
    deliveredFile(`${unitFolder}/trading-bot-clock.service`, { activate: ["systemctl daemon-reload"] }),
    deliveredFile("/etc/chrony/chrony.conf", {
      check: 'chronyd -p -f "$1"',
      activate: ["systemctl restart chrony"],
    }),
  ];
}

/** Exported for tests. */
export function updates(rebootTime: string): DeliveredFile[] {
  const check = 'apt-config dump --config-file "$1"';
  const automatic = rebootTime !== "never";
  return [
    deliveredFile("/etc/apt/apt.conf.d/20auto-upgrades", { check }),
    deliveredFile("/etc/apt/apt.conf.d/52trading-bot-server", {
      check,
      values: { automaticReboot: String(automatic), rebootTime: automatic ? rebootTime : "now" },
    }),
    ...restartsForUpdates(rebootTime, automatic),
  ];
}

/** What runs old code after an update is restarted: services at once, the bot and the server in their window. */
function restartsForUpdates(rebootTime: string, hasWindow: boolean): DeliveredFile[] {
  const reload = ["systemctl daemon-reload"];
  const timer = "update-window.timer";
  // Without a window, the timer's condition isn't met, and it stays off.
  const restartTimer = `systemctl restart ${timer}`;
  return [
    deliveredFile(`${unitFolder}/restart-updated.service`, { activate: reload }),
    deliveredFile(`${unitFolder}/update-window.service`, { activate: reload }),
    deliveredFile(`${unitFolder}/${timer}`, {
      // It doesn't elapse without a window.
      values: { rebootTime: hasWindow ? rebootTime : "00:00" },
      activate: [...reload, `systemctl enable --quiet ${timer}`, restartTimer],
    }),
    {
      path: "/etc/trading-bot/update-window",
      content: hasWindow ? `${rebootTime}\n` : null,
      activate: [restartTimer],
    },
    deliveredFile("/usr/local/sbin/restart-updated", { mode: "0755" }),
    deliveredFile("/usr/local/sbin/bot-packages", { mode: "0755" }),
    deliveredFile(`${unitFolder}/apt-daily-upgrade.service.d/trading-bot-server.conf`, { activate: reload }),
  ];
}

function journal(): DeliveredFile[] {
  return [
    deliveredFile("/etc/systemd/journald.conf.d/trading-bot-server.conf", {
      activate: ["systemctl restart systemd-journald"],
    }),
    deliveredFile(`${unitFolder}/systemd-journald-sync@trading-bot.service.d/10-starts.conf`, {
      activate: ["systemctl daemon-reload"],
    }),
    deliveredFile("/etc/systemd/journald@trading-bot.conf", {
      activate: ["systemctl try-restart systemd-journald@trading-bot.service"],
    }),
  ];
}

/**
 * Turns off sockets of systemd that every user of the server could connect to, and that nothing here needs: each
 * connection starts a process as root. An empty file turns off the unit or the generator of its name.
 */
function unusedSockets(): DeliveredFile[] {
  const stop = (sockets: string) => [
    "systemctl daemon-reload",
    `systemctl list-units --full --plain --no-legend ${sockets} | while read -r socket rest; do systemctl stop "$socket"; done`,
  ];
  return [
    deliveredFile("/etc/systemd/system-generators/systemd-ssh-generator", {
      activate: stop("'sshd-unix-*.socket' sshd-vsock.socket"),
    }),
    deliveredFile(`${unitFolder}/systemd-creds.socket`, { activate: stop("systemd-creds.socket") }),
  ];
}

/** Rolls back an unconfirmed SSH or firewall change after a reboot. */
function undo(): DeliveredFile[] {
  return [
    deliveredFile(`${unitFolder}/server-files-undo.service`, {
      activate: ["systemctl daemon-reload", "systemctl enable --quiet server-files-undo"],
    }),
  ];
}

/** For a secret of a service, such as the webhook's address, for a server that is replaced, for backups, and `npm run status`. */
function tools(): DeliveredFile[] {
  return [
    deliveredFile(`${programFolder}/service-credential`, { mode: "0755" }),
    deliveredFile("/usr/local/sbin/bot-state", { mode: "0755" }),
    deliveredFile("/usr/local/sbin/bot-backup", { mode: "0755" }),
    deliveredFile("/usr/local/sbin/server-status", { mode: "0755" }),
    deliveredFile("/usr/local/sbin/state-volume", { mode: "0755" }),
    deliveredFile("/usr/local/sbin/stored-backup", { mode: "0755" }),
  ];
}

/** @param pagePort the port of the bot's own page, to which SSH then forwards as well */
export function ssh(pagePort: number | undefined): DeliveredFile[] {
  return [
    deliveredFile(sshdDropIn, {
      values: { pageOfBot: pagePort === undefined ? "" : ` ${pageAddress}:${pagePort}` },
      check: 'sshd -t -f "$1"',
      activate: ["sshd -t", "systemctl reload ssh"],
    }),
  ];
}

/** @param storage where backups are stored, whose users the firewall has rules for */
export function network(listed: readonly AllowedHost[], storage: BackupStorage | undefined): DeliveredFile[] {
  return [
    deliveredFile("/etc/sysctl.d/60-trading-bot-server.conf", {
      activate: ["sysctl --quiet --load /etc/sysctl.d/60-trading-bot-server.conf"],
    }),
    deliveredFile("/etc/nftables.conf", {
      mode: "0755",
      values: {
        botPorts: otherPorts(listed)
          .map((port) => `, ${port}`)
          .join(""),
        backupPort: String(storage?.port ?? 443),
        backupUsers: storage === undefined ? "" : backupUsers,
      },
      check: 'nft --check --file "$1"',
      activate: ["systemctl enable --quiet nftables", "systemctl reload-or-restart nftables"],
    }),
  ];
}
