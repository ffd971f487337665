import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { BotServer } from "./bot-server.ts";
import { deliver, type DeliveredFile, fileOf, programFolder } from "./commands/file-delivery.ts";
import { asRoot } from "./commands/remote-script.ts";
import { bootstrapScript } from "./commands/server-content.ts";
import { guardBundle } from "./guard-bundle.ts";
import type { Hardening } from "./hardening.ts";

export interface KeyGuardArgs {
  server: BotServer;
  hardening: Hardening;
  /** Where findings are told, an https address; undefined for nowhere but the journal. */
  webhook: string | undefined;
}

const service = "/etc/systemd/system/trading-bot-guard.service";
const timer = "/etc/systemd/system/trading-bot-guard.timer";
const alert = "/etc/systemd/system/trading-bot-alert.service";

/**
 * Checks on the server, with the key that is installed, what Binance lets it do: before the bot starts, and every
 * few minutes. It stops the bot whose key may do more than it should.
 */
export class KeyGuard extends pulumi.ComponentResource {
  readonly installed: pulumi.Resource;

  constructor(name: string, args: KeyGuardArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:KeyGuard", name, {}, options);
    const told = deliverWebhook(args, { parent: this, dependsOn: args.hardening.installed });
    this.installed = deliver(
      name,
      { server: args.server, files: guardFiles(args.server) },
      { parent: this, dependsOn: told },
    );
    this.registerOutputs({});
  }
}

function guardFiles({ serverName, ipAddress }: BotServer): pulumi.Output<DeliveredFile[]> {
  return pulumi.all([serverName, ipAddress, guardBundle()]).apply(([server, address, bundle]) => [
    fileOf(service, { activate: ["systemctl daemon-reload"] }),
    fileOf(alert, { activate: ["systemctl daemon-reload"] }),
    fileOf(timer, {
      activate: ["systemctl daemon-reload", "systemctl enable --quiet --now trading-bot-guard.timer"],
    }),
    fileOf(`${programFolder}/guard-verdict`, { mode: "0755" }),
    { path: `${programFolder}/guard.mjs`, content: bundle },
    {
      path: "/etc/trading-bot/guard.json",
      content: `${JSON.stringify({ server, ipAddress: address })}\n`,
    },
  ]);
}

/** The address is a secret: whoever knows it can write there. */
function deliverWebhook(
  { server, webhook }: KeyGuardArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  const script = bootstrapScript("install-credential");
  return new command.remote.Command(
    "webhook",
    {
      connection: server.connection,
      create: asRoot(script, ["install-credential", "trading-bot-webhook", webhook ? "install" : "remove"]),
      ...(webhook && { stdin: pulumi.secret(`${webhook}\n`) }),
      triggers: [server.serverId],
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(options, { additionalSecretOutputs: ["stdout", "stderr"] }),
  );
}
