import * as pulumi from "@pulumi/pulumi";
import type { BotServer } from "./bot-server.ts";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { deliverConfirmedFiles, deliverFiles } from "./commands/file-delivery.ts";
import { remoteCommand } from "./commands/remote-command.ts";
import { bootstrapCommand } from "./commands/root-command.ts";
import type { ServerIdentity } from "./commands/server-identity.ts";
import { programFolder, sshdDropIn, unitFolder } from "./commands/server-paths.ts";
import { type ReachableHosts, resolverHosts } from "./resolver-hosts.ts";

export interface HardeningArgs {
  server: BotServer;
  /** "HH:MM" in UTC, or "never": when the server may reboot after an update that needs it. */
  rebootTime: string;
  /** The hosts that may be reached, besides the exchange's. */
  hosts: ReachableHosts;
}

/** Debian packages that its cloud image doesn't have. */
const packages = ["chrony", "dnsmasq-base", "nftables", "nodejs", "python3-venv", "unattended-upgrades"];

/**
 * Prepares a server for holding the key: strict SSH, a firewall in both directions, the right time, automatic updates.
 * Everything changes in place, and only what has changed is restarted.
 */
export class Hardening extends pulumi.ComponentResource {
  /** The server's users exist, its firewall is active, and its clock is being set. */
  readonly installed: pulumi.Resource;

  constructor(
    name: string,
    { server, rebootTime, hosts }: HardeningArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-bot-server:index:Hardening", name, {}, options);
    const { identity, ready } = server;
    const packaged = installPackages(identity, { parent: this, dependsOn: ready });
    const configured = deliverFiles(
      "base-config",
      { server: identity, files: [...users(), ...time(), ...updates(rebootTime), ...journal(), ...undo()] },
      { parent: this, dependsOn: packaged, aliases: [{ name: "upkeep" }] },
    );
    const protectedServer = deliverConfirmedFiles(
      "ssh-and-firewall",
      { server: identity, files: [...ssh(), ...network()] },
      { parent: this, dependsOn: configured, aliases: [{ name: "doors" }] },
    );
    this.installed = deliverFiles(
      "dns",
      { server: identity, files: resolver(hosts) },
      { parent: this, dependsOn: protectedServer, aliases: [{ name: "name-service" }] },
    );
    this.registerOutputs({});
  }
}

function installPackages(server: ServerIdentity, options: pulumi.CustomResourceOptions): pulumi.Resource {
  return remoteCommand(
    "packages",
    { server, run: bootstrapCommand("install-packages", ...packages) },
    pulumi.mergeOptions(options, { customTimeouts: { create: "30m", update: "30m" } }),
  );
}

function users(): DeliveredFile[] {
  return [
    deliveredFile("/etc/sysusers.d/trading-bot-server.conf", {
      check: 'systemd-sysusers --dry-run "$1"',
      activate: ["systemd-sysusers"],
    }),
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
  ];
}

function journal(): DeliveredFile[] {
  return [
    deliveredFile("/etc/systemd/journald.conf.d/trading-bot-server.conf", {
      activate: ["systemctl restart systemd-journald"],
    }),
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

function ssh(): DeliveredFile[] {
  return [
    deliveredFile(sshdDropIn, { check: 'sshd -t -f "$1"', activate: ["sshd -t", "systemctl reload ssh"] }),
  ];
}

function network(): DeliveredFile[] {
  return [
    deliveredFile("/etc/sysctl.d/60-trading-bot-server.conf", {
      activate: ["sysctl --quiet --load /etc/sysctl.d/60-trading-bot-server.conf"],
    }),
    deliveredFile("/etc/nftables.conf", {
      mode: "0755",
      check: 'nft --check --file "$1"',
      activate: ["systemctl enable --quiet nftables", "systemctl reload-or-restart nftables"],
    }),
  ];
}

/** It adds addresses to the firewall's sets, so it is installed after the firewall. */
function resolver(hosts: ReachableHosts): DeliveredFile[] {
  const unit = `${unitFolder}/trading-bot-resolver.service`;
  const restart = "systemctl restart trading-bot-resolver";
  const check = 'dnsmasq --test --conf-file="$1"';
  return [
    deliveredFile(unit, {
      activate: ["systemctl daemon-reload", "systemctl enable --quiet trading-bot-resolver", restart],
    }),
    deliveredFile(`${programFolder}/start-resolver`, { mode: "0755", activate: [restart] }),
    deliveredFile("/etc/trading-bot/resolver.conf", { check, activate: [restart] }),
    {
      path: "/etc/trading-bot/resolver-hosts.conf",
      content: resolverHosts(hosts),
      check,
      activate: [restart],
    },
    deliveredFile("/etc/trading-bot/resolv.conf"),
  ];
}
