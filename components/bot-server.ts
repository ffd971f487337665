import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { supportWarning } from "../hetzner/image.ts";
import { userData } from "../hetzner/user-data.ts";
import { deliverFiles } from "./commands/file-delivery.ts";
import { waitForFirstBoot } from "./commands/first-boot.ts";
import { adoptHostKey } from "./commands/host-key-adoption.ts";
import { runOperatorScript } from "./commands/operator-script.ts";
import { installRootTools } from "./commands/root-tools.ts";
import { adminUser, type ServerIdentity } from "./commands/server-identity.ts";
import { SshKeyPair } from "./commands/ssh-key-pair.ts";
import { requireMade } from "./left-out.ts";
import { serverHooks } from "./server-hooks.ts";
import type { ServerOrder } from "./server-order.ts";
import type { PreviousSshKeys } from "./settings/previous-ssh-keys.ts";
import { stackLabels } from "./stack-labels.ts";
import type { ServerAddress } from "./static-ip.ts";
import { explainUnreachable } from "./unreachable-hook.ts";

const generation = z.string();

export interface BotServerArgs {
  /** The server's name at Hetzner, and its host name. */
  name: string;
  address: ServerAddress;
  order: ServerOrder;
  /** The setting; undefined if it is left to the order. */
  serverType: string | undefined;
  /** IPv4 ranges in CIDR notation that may reach SSH. */
  adminCidrs: string[];
  /** Public keys of the people who may log in, besides the deploy key. */
  sshKeys: string[];
  /** What the server may still have while its SSH keys are replaced. */
  previousSshKeys: PreviousSshKeys | undefined;
  /** Whether the settings have a key that was made on a server, which ends with that server's disk. */
  keyEnds: boolean;
}

/**
 * A server at the static address. It is reached over SSH only, and its host key was made before the server.
 * What is installed on it waits for `ready` and takes `identity`.
 */
export class BotServer extends pulumi.ComponentResource {
  /** What `pulumi up --replace` takes. */
  readonly serverUrn: pulumi.Output<string>;
  readonly serverName: pulumi.Output<string>;
  /** At Hetzner. */
  readonly serverId: pulumi.Output<string>;
  readonly location: pulumi.Output<string>;
  readonly identity: ServerIdentity;
  /** The first boot is over, the host key is the permanent one, and files can be delivered. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: BotServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:BotServer", name, {}, options);
    const deployKey = new SshKeyPair("deploy-key", { parent: this });
    const initial = new SshKeyPair("initial-host-key", { parent: this, aliases: [{ name: "host-key" }] });
    const permanent = new SshKeyPair("permanent-host-key", {
      parent: this,
      aliases: [{ name: "lasting-host-key" }],
    });

    const server = this.#createServer(name, args, deployKey, initial);
    warnOfSupport(server);
    this.serverUrn = server.urn;
    this.serverName = server.name;
    this.serverId = server.id;
    this.location = server.location;
    this.identity = {
      host: args.address.ipAddress,
      user: adminUser,
      deployKey: deployKey.privateKey,
      hostKey: permanent.publicKey,
      generation: this.#generation(server),
      explainUnreachable: explainUnreachable({
        client: args.order.client,
        id: server.id,
        host: args.address.ipAddress,
      }),
    };

    const isOn = this.#ensureOn(args, server);
    const reached = this.#reach([server, isOn]);
    const booted = this.#waitForFirstBoot([reached], initial);
    const known = this.#adoptHostKey(args, initial, permanent, booted);
    // One after the other: a delivery rolls back an earlier one that has not ended.
    this.ready = this.#deliverAuthorizedKeys(args, deployKey, this.#installRootTools(known));
    this.registerOutputs({ serverName: this.serverName });
  }

  #createFirewall({ name, adminCidrs, order }: BotServerArgs): hcloud.Firewall {
    return new hcloud.Firewall(
      "firewall",
      {
        name,
        labels: stackLabels(),
        rules: [{ description: "SSH", direction: "in", protocol: "tcp", port: "22", sourceIps: adminCidrs }],
      },
      { parent: this, hooks: { onError: [order.explainRefusals] } },
    );
  }

  /** Without a key at Hetzner, Hetzner would set a root password and send it by mail. */
  #registerDeployKey({ name, order }: BotServerArgs, { publicKey }: SshKeyPair): hcloud.SshKey {
    return new hcloud.SshKey(
      "ssh-key",
      { name, publicKey, labels: stackLabels() },
      {
        parent: this,
        // Two keys can't have one name, so a new one can't take its place. The server refuses root, who would get it.
        ignoreChanges: ["publicKey"],
        hooks: { onError: [order.explainRefusals] },
      },
    );
  }

  #createServer(
    name: string,
    args: BotServerArgs,
    deployKey: SshKeyPair,
    hostKey: SshKeyPair,
  ): hcloud.Server {
    return new hcloud.Server(
      name,
      {
        name: args.name,
        labels: stackLabels(),
        serverType: args.serverType ?? args.order.serverType,
        image: args.order.image,
        location: args.address.location,
        // Without IPv6, no request can leave from an address that isn't whitelisted.
        publicNets: [{ ipv4Enabled: true, ipv4: args.address.primaryIpId, ipv6Enabled: false }],
        // Here and not attached later, so that the firewall works from the first boot on.
        firewallIds: [this.#createFirewall(args).id.apply(Number)],
        sshKeys: [this.#registerDeployKey(args, deployKey).id],
        userData: pulumi.secret(
          pulumi
            .all([deployKey.publicKey, hostKey.privateKey, hostKey.publicKey])
            .apply(([deploy, privateKey, publicKey]) =>
              userData({ user: adminUser, deployKey: deploy, hostKey: { privateKey, publicKey } }),
            ),
        ),
        // A disk that has grown would rule out every smaller server type.
        keepDisk: true,
        shutdownBeforeDeletion: true,
      },
      {
        parent: this,
        // An address serves one server at a time.
        deleteBeforeReplace: true,
        // A server is replaced only when its owner asks for it: the new one is a new order, which may cost more, or
        // fail because Hetzner is sold out when the old one is already gone.
        ignoreChanges: [
          "userData",
          "image",
          "sshKeys",
          ...(args.serverType === undefined ? ["serverType"] : []),
        ],
        hooks: serverHooks(args.order, args.keyEnds),
      },
    );
  }

  /**
   * Which system is on the server's disk: the server's id, to which `npm run rebuild` adds a number. It writes that to the
   * stack's state (scripts/lib/rebuild/fresh-system.ts), and Pulumi keeps it until there is another server.
   */
  #generation(server: hcloud.Server): pulumi.Output<string> {
    const stash = new pulumi.Stash(
      "generation",
      { input: server.id },
      { parent: this, replaceOnChanges: ["input"] },
    );
    return stash.output.apply((value: unknown) =>
      generation.parse(requireMade(value, "The record of the server's disk")),
    );
  }

  /** After each look at the order, and after each change of the server, whatever an earlier run has left. */
  #ensureOn({ order, address }: BotServerArgs, server: hcloud.Server): pulumi.Resource {
    return runOperatorScript(
      "power",
      {
        script: "ensure-on.ts",
        input: {
          access: order.access,
          id: server.id,
          serverType: server.serverType,
          host: address.ipAddress,
          look: order.record,
        },
        logging: "stderr",
      },
      { parent: this, dependsOn: server },
    );
  }

  /** Before Pulumi's own connections, whose errors don't name the setting that prevents them. */
  #reach(dependsOn: pulumi.Resource[]): pulumi.Resource {
    const { host, generation } = this.identity;
    return runOperatorScript(
      "ssh-port",
      { script: "reach-server.ts", input: { host }, triggers: [generation], logging: "stderr" },
      { parent: this, dependsOn },
    );
  }

  #waitForFirstBoot(dependsOn: pulumi.Resource[], initial: SshKeyPair): pulumi.Resource {
    return waitForFirstBoot(
      "first-boot",
      { ...this.identity, hostKey: initial.publicKey },
      { parent: this, dependsOn, aliases: [{ name: "ready" }] },
    );
  }

  #adoptHostKey(
    { previousSshKeys: previous }: BotServerArgs,
    initial: SshKeyPair,
    permanent: SshKeyPair,
    booted: pulumi.Resource,
  ): pulumi.Resource {
    return adoptHostKey(
      "host-key-adoption",
      { server: this.identity, initial, permanent, previous },
      { parent: this, dependsOn: booted },
    );
  }

  #installRootTools(known: pulumi.Resource): pulumi.Resource {
    return installRootTools("root-tools", this.identity, {
      parent: this,
      dependsOn: known,
      aliases: [{ name: "server-files" }],
    });
  }

  /** The whole file, so that a key that is removed from the settings no longer opens the server. */
  #deliverAuthorizedKeys(
    { sshKeys }: BotServerArgs,
    { publicKey }: SshKeyPair,
    tool: pulumi.Resource,
  ): pulumi.Resource {
    const path = `/home/${adminUser}/.ssh/authorized_keys`;
    const files = publicKey.apply((deployKey) => [
      { path, content: `${[deployKey, ...sshKeys].join("\n")}\n` },
    ]);
    return deliverFiles(
      "authorized-keys",
      { server: this.identity, files },
      { parent: this, dependsOn: tool },
    );
  }
}

/** A year before the support of its Debian ends, and from then on. */
function warnOfSupport(server: hcloud.Server): void {
  server.image.apply((image) => {
    const warning = supportWarning(image, Date.now());
    if (warning !== undefined) {
      void pulumi.log.warn(warning, server);
    }
  });
}
