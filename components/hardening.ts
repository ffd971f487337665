import * as pulumi from "@pulumi/pulumi";
import type { BackupStorage } from "../checklist/backup-storage.ts";
import type { BotServer } from "./bot-server.ts";
import { deliverConfirmedFiles, deliverFiles } from "./commands/file-delivery.ts";
import { remoteCommand } from "./commands/remote-command.ts";
import { bootstrapCommand } from "./commands/root-command.ts";
import type { ServerIdentity } from "./commands/server-identity.ts";
import { egress, retiredResolver } from "./egress/egress-files.ts";
import type { ReachableHosts } from "./egress/reachable-hosts.ts";
import { baseConfig, network, ssh } from "./hardening-files.ts";

export interface HardeningArgs {
  server: BotServer;
  /** "HH:MM" in UTC, or "never": when an update may reboot the server or restart the bot. */
  rebootTime: string;
  /** The hosts that may be reached, besides the exchange's. */
  hosts: ReachableHosts;
  /** The setting bot.ui: the port of the bot's own page. */
  pagePort: number | undefined;
  /** Where backups are stored off the server. */
  storage: BackupStorage | undefined;
}

/** Debian packages that its cloud image doesn't have. */
const packages = [
  "chrony",
  "dnsmasq-base",
  "haproxy",
  "nftables",
  "nodejs",
  "python3-venv",
  "unattended-upgrades",
];

/**
 * Prepares a server for holding the key: strict SSH, a firewall in both directions, the right time, automatic updates.
 * Everything changes in place, and only what has changed is restarted.
 */
export class Hardening extends pulumi.ComponentResource {
  /** The server's users exist, its firewall is active, and its clock is being set. */
  readonly installed: pulumi.Resource;

  constructor(
    name: string,
    { server, rebootTime, hosts, pagePort, storage }: HardeningArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-bot-server:index:Hardening", name, {}, options);
    const { identity, ready } = server;
    const packaged = installPackages("packages", identity, packages, { parent: this, dependsOn: ready });
    const configured = deliverFiles(
      "base-config",
      { server: identity, files: baseConfig(rebootTime, storage) },
      { parent: this, dependsOn: packaged, aliases: [{ name: "upkeep" }] },
    );
    const protectedServer = deliverConfirmedFiles(
      "ssh-and-firewall",
      { server: identity, files: [...ssh(pagePort), ...network(hosts.bot, storage)] },
      { parent: this, dependsOn: configured, aliases: [{ name: "doors" }] },
    );
    this.installed = deliverFiles(
      "dns",
      // A secret, because it names the host of the webhook.
      { server: identity, files: pulumi.secret([...egress(hosts), ...retiredResolver()]) },
      { parent: this, dependsOn: protectedServer, aliases: [{ name: "name-service" }] },
    );
    this.registerOutputs({});
  }
}

/** Installs those of Debian's packages that are missing. */
export function installPackages(
  name: string,
  server: ServerIdentity,
  names: readonly string[],
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return remoteCommand(
    name,
    { server, run: bootstrapCommand("install-packages", ...names), logging: "stderr" },
    pulumi.mergeOptions(options, { customTimeouts: { create: "30m", update: "30m" } }),
  );
}
