import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { BotServer } from "./bot-server.ts";
import {
  deliver,
  deliverConfirmed,
  type DeliveredFile,
  fileOf,
  programFolder,
} from "./commands/file-delivery.ts";
import { asRoot } from "./commands/remote-script.ts";
import { bootstrapScript } from "./commands/server-content.ts";
import { type ReachableHosts, resolverHosts } from "./resolver-hosts.ts";
import { sshdDropIn } from "./user-data.ts";

export interface HardeningArgs {
  server: BotServer;
  /** "HH:MM" in UTC, or "never": when the server may reboot after an update that needs it. */
  rebootTime: string;
  /** Which hosts may be reached, besides the exchange. */
  hosts: ReachableHosts;
}

/** Besides what Debian's cloud image has. */
const packages = ["chrony", "dnsmasq-base", "nftables", "nodejs", "python3-venv", "unattended-upgrades"];

/**
 * What makes a server worth trusting with the key: modern SSH, a firewall both ways, the right time, updates by
 * themselves. All of it changes in place, and only what is concerned is restarted.
 */
export class Hardening extends pulumi.ComponentResource {
  /** The server's users exist, its firewall holds, and its clock is being set. */
  readonly installed: pulumi.Resource;

  constructor(
    name: string,
    { server, rebootTime, hosts }: HardeningArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-bot-server:index:Hardening", name, {}, options);
    const packaged = installPackages(server, { parent: this, dependsOn: server.ready });
    const upkeep = deliver(
      "upkeep",
      { server, files: [...users(), ...time(), ...updates(rebootTime), ...journal(), ...undo()] },
      { parent: this, dependsOn: packaged },
    );
    const doors = deliverConfirmed(
      "doors",
      { server, files: [...ssh(), ...network()] },
      { parent: this, dependsOn: upkeep },
    );
    this.installed = deliver(
      "name-service",
      { server, files: nameService(hosts) },
      { parent: this, dependsOn: doors },
    );
    this.registerOutputs({});
  }
}

function installPackages(server: BotServer, options: pulumi.CustomResourceOptions): command.remote.Command {
  return new command.remote.Command(
    "packages",
    {
      connection: server.connection,
      create: asRoot(bootstrapScript("install-packages"), ["install-packages", ...packages]),
      triggers: [server.serverId],
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(options, { customTimeouts: { create: "30m", update: "30m" } }),
  );
}

function users(): DeliveredFile[] {
  return [
    fileOf("/etc/sysusers.d/trading-bot-server.conf", {
      check: 'systemd-sysusers --dry-run "$1"',
      activate: ["systemd-sysusers"],
    }),
  ];
}

function time(): DeliveredFile[] {
  return [
    fileOf("/etc/systemd/system/trading-bot-clock.service", { activate: ["systemctl daemon-reload"] }),
    fileOf("/etc/chrony/chrony.conf", {
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
    fileOf("/etc/apt/apt.conf.d/20auto-upgrades", { check }),
    fileOf("/etc/apt/apt.conf.d/52trading-bot-server", {
      check,
      values: { automaticReboot: String(automatic), rebootTime: automatic ? rebootTime : "now" },
    }),
  ];
}

function journal(): DeliveredFile[] {
  return [
    fileOf("/etc/systemd/journald.conf.d/trading-bot-server.conf", {
      activate: ["systemctl restart systemd-journald"],
    }),
  ];
}

/** What takes back a change of SSH or the firewall that was never confirmed, should a reboot have come between. */
function undo(): DeliveredFile[] {
  return [
    fileOf("/etc/systemd/system/server-files-undo.service", {
      activate: ["systemctl daemon-reload", "systemctl enable --quiet server-files-undo"],
    }),
  ];
}

function ssh(): DeliveredFile[] {
  return [fileOf(sshdDropIn, { check: 'sshd -t -f "$1"', activate: ["sshd -t", "systemctl reload ssh"] })];
}

function network(): DeliveredFile[] {
  return [
    fileOf("/etc/sysctl.d/60-trading-bot-server.conf", {
      activate: ["sysctl --quiet --load /etc/sysctl.d/60-trading-bot-server.conf"],
    }),
    fileOf("/etc/nftables.conf", {
      mode: "0755",
      check: 'nft --check --file "$1"',
      activate: ["systemctl enable --quiet nftables", "systemctl reload-or-restart nftables"],
    }),
  ];
}

/** It puts addresses into the firewall's sets, so that it comes after it. */
function nameService(hosts: ReachableHosts): DeliveredFile[] {
  const unit = "/etc/systemd/system/trading-bot-resolver.service";
  const restart = "systemctl restart trading-bot-resolver";
  const check = 'dnsmasq --test --conf-file="$1"';
  return [
    fileOf(unit, {
      activate: ["systemctl daemon-reload", "systemctl enable --quiet trading-bot-resolver", restart],
    }),
    fileOf(`${programFolder}/start-resolver`, { mode: "0755", activate: [restart] }),
    fileOf("/etc/trading-bot/resolver.conf", { check, activate: [restart] }),
    {
      path: "/etc/trading-bot/resolver-hosts.conf",
      content: resolverHosts(hosts),
      check,
      activate: [restart],
    },
    fileOf("/etc/trading-bot/resolv.conf"),
  ];
}
