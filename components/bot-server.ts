import * as command from "@pulumi/command";
import * as hcloud from "@pulumi/hcloud";
import * as pulumi from "@pulumi/pulumi";
import { deliver, deliveryTool } from "./commands/file-delivery.ts";
import { adoptHostKey } from "./commands/host-key.ts";
import { asRoot } from "./commands/remote-script.ts";
import { bootstrapScript } from "./commands/server-content.ts";
import { serverFile } from "./commands/server-file.ts";
import { SshKeyPair } from "./commands/ssh-key-pair.ts";
import type { StaticIp } from "./static-ip.ts";
import { adminUser, userData } from "./user-data.ts";

export interface BotServerArgs {
  /** The server's name at Hetzner, and its host name. */
  name: string;
  address: StaticIp;
  serverType: string;
  /** IPv4 ranges in CIDR notation that may reach SSH. */
  adminCidrs: string[];
  /** Public keys of the people who may log in, besides the deploy key. */
  sshKeys: string[];
}

/** Tried and tested with this image only. */
const image = "debian-13";

/**
 * A server at the static address, reached by SSH only, and only by a host key that is older than itself.
 * What is installed on it waits for `ready` and speaks over `connection`.
 */
export class BotServer extends pulumi.ComponentResource {
  /** The server's id at Hetzner. What lies on the server's disk is delivered again when it changes. */
  readonly serverId: pulumi.Output<string>;
  /** What `pulumi up --replace` takes. */
  readonly serverUrn: pulumi.Output<string>;
  readonly serverName: pulumi.Output<string>;
  readonly location: pulumi.Output<string>;
  readonly ipAddress: pulumi.Output<string>;
  readonly deployKey: SshKeyPair;
  /** The key that the server is known by. It was never in user_data. */
  readonly hostKey: SshKeyPair;
  readonly connection: command.types.input.remote.ConnectionArgs;
  /** The first boot is over, the host key is the lasting one, and deliveries can be taken. */
  readonly ready: pulumi.Resource;

  constructor(name: string, args: BotServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:BotServer", name, {}, options);
    this.deployKey = new SshKeyPair("deploy-key", { parent: this });
    const firstHostKey = new SshKeyPair("host-key", { parent: this });
    this.hostKey = new SshKeyPair("lasting-host-key", { parent: this });

    const server = this.#createServer(name, args, firstHostKey);
    this.serverId = server.id;
    this.serverUrn = server.urn;
    this.serverName = server.name;
    this.location = server.location;
    this.ipAddress = args.address.ipAddress;

    this.connection = this.#connectTo(args.address, this.hostKey);
    const booted = this.#waitUntilBooted(server, this.#connectTo(args.address, firstHostKey));
    const known = this.#adoptHostKey(args, firstHostKey, booted);
    // One after the other: a delivery undoes what an earlier one has not ended.
    this.ready = this.#deliverAuthorizedKeys(args, this.#installDeliveryTool(known));
    this.registerOutputs({ serverId: this.serverId, serverName: this.serverName });
  }

  #createFirewall({ name, adminCidrs }: BotServerArgs): hcloud.Firewall {
    return new hcloud.Firewall(
      "firewall",
      {
        name,
        rules: [{ description: "SSH", direction: "in", protocol: "tcp", port: "22", sourceIps: adminCidrs }],
      },
      { parent: this },
    );
  }

  /** Without a key at Hetzner, it would set a root password and send it by mail. */
  #registerDeployKey({ name }: BotServerArgs): hcloud.SshKey {
    return new hcloud.SshKey("ssh-key", { name, publicKey: this.deployKey.publicKey }, { parent: this });
  }

  #createServer(name: string, args: BotServerArgs, hostKey: SshKeyPair): hcloud.Server {
    return new hcloud.Server(
      name,
      {
        name: args.name,
        serverType: args.serverType,
        image,
        location: args.address.location,
        // Without IPv6, no request can leave by an address that isn't whitelisted.
        publicNets: [{ ipv4Enabled: true, ipv4: args.address.primaryIpId, ipv6Enabled: false }],
        // Here, and not attached later, so that they hold from the first boot on.
        firewallIds: [this.#createFirewall(args).id.apply(Number)],
        sshKeys: [this.#registerDeployKey(args).id],
        userData: pulumi.secret(
          pulumi
            .all([this.deployKey.publicKey, hostKey.privateKey, hostKey.publicKey])
            .apply(([deployKey, privateKey, publicKey]) =>
              userData({ deployKey, hostKey: { privateKey, publicKey } }),
            ),
        ),
        // A grown disk would bar the way back to a smaller type.
        keepDisk: true,
        shutdownBeforeDeletion: true,
      },
      {
        parent: this,
        // An address serves one server at a time.
        deleteBeforeReplace: true,
        // A server is replaced only when its owner asks for it: a new one is a new order, which may cost more,
        // or fail for want of capacity when the old one is already gone.
        ignoreChanges: ["userData", "image", "sshKeys"],
      },
    );
  }

  #connectTo(address: StaticIp, hostKey: SshKeyPair): command.types.input.remote.ConnectionArgs {
    return {
      host: address.ipAddress,
      user: adminUser,
      privateKey: this.deployKey.privateKey,
      hostKey: hostKey.publicKey,
      perDialTimeout: 5,
    };
  }

  #waitUntilBooted(
    server: hcloud.Server,
    connection: command.types.input.remote.ConnectionArgs,
  ): command.remote.Command {
    return new command.remote.Command(
      "ready",
      {
        // A booting server answers when it is ready for it: tries are up to 5 s apart. There is a limit, and not
        // only a time-out, because the error at the limit names the last reason.
        connection: { ...connection, dialErrorLimit: 120 },
        create: asRoot(bootstrapScript("wait-until-ready"), ["wait-until-ready"]),
        triggers: [server.id],
        logging: "stderr",
        addPreviousOutputInEnv: false,
      },
      {
        parent: this,
        dependsOn: server,
        customTimeouts: { create: "30m" },
        // It is over: a server that has booted no longer shows the first host key.
        ignoreChanges: ["create", "connection"],
      },
    );
  }

  #adoptHostKey(
    { address }: BotServerArgs,
    first: SshKeyPair,
    booted: pulumi.Resource,
  ): command.local.Command {
    return adoptHostKey(
      "host-key-adoption",
      {
        ipAddress: address.ipAddress,
        deployKey: this.deployKey,
        first,
        lasting: this.hostKey,
        server: this.serverId,
      },
      { parent: this, dependsOn: booted },
    );
  }

  #installDeliveryTool(known: pulumi.Resource): command.remote.Command {
    return serverFile(
      "server-files",
      { connection: this.connection, path: deliveryTool, mode: "0755", server: this.serverId },
      { parent: this, dependsOn: known },
    );
  }

  /** The whole file, so that a key that is taken out of the settings no longer opens the server. */
  #deliverAuthorizedKeys({ sshKeys }: BotServerArgs, tool: pulumi.Resource): command.remote.Command {
    const files = this.deployKey.publicKey.apply((deployKey) => [
      {
        path: `/home/${adminUser}/.ssh/authorized_keys`,
        content: `${[deployKey, ...sshKeys].join("\n")}\n`,
      },
    ]);
    return deliver("authorized-keys", { server: this, files }, { parent: this, dependsOn: tool });
  }
}
