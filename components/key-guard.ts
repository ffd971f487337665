import * as pulumi from "@pulumi/pulumi";
import type { BotServer } from "./bot-server.ts";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { deliverFiles } from "./commands/file-delivery.ts";
import { remoteCommand } from "./commands/remote-command.ts";
import { botControl, programFolder, unitFolder } from "./commands/server-paths.ts";
import { guardBundle } from "./guard-bundle.ts";
import type { Hardening } from "./hardening.ts";

export interface KeyGuardArgs {
  server: BotServer;
  hardening: Hardening;
  /** The https address that findings are sent to, besides the journal. */
  webhook: string | undefined;
}

/**
 * Checks on the server what Binance allows the installed key to do: before the bot starts, and every few minutes.
 * It stops the bot if its key may do more than it should.
 */
export class KeyGuard extends pulumi.ComponentResource {
  readonly installed: pulumi.Resource;

  constructor(name: string, args: KeyGuardArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:KeyGuard", name, {}, options);
    const webhook = installWebhook(args, { parent: this, dependsOn: args.hardening.installed });
    this.installed = deliverFiles(
      name,
      { server: args.server.identity, files: guardFiles(args.server) },
      { parent: this, dependsOn: webhook },
    );
    this.registerOutputs({});
  }
}

function guardFiles({ serverName, identity }: BotServer): pulumi.Output<DeliveredFile[]> {
  return pulumi.all([serverName, identity.host, guardBundle()]).apply(([server, ipAddress, bundle]) => [
    deliveredFile(`${unitFolder}/trading-bot-guard.service`, { activate: ["systemctl daemon-reload"] }),
    deliveredFile(`${unitFolder}/trading-bot-alert.service`, { activate: ["systemctl daemon-reload"] }),
    deliveredFile(`${unitFolder}/trading-bot-ended.service`, { activate: ["systemctl daemon-reload"] }),
    deliveredFile(`${unitFolder}/trading-bot-guard.timer`, {
      activate: ["systemctl daemon-reload", "systemctl enable --quiet --now trading-bot-guard.timer"],
    }),
    // Before the bot's own delivery, which runs it, also to roll back.
    deliveredFile(botControl, { mode: "0755" }),
    deliveredFile(`${programFolder}/guard-verdict`, { mode: "0755" }),
    { path: `${programFolder}/guard.mjs`, content: bundle },
    {
      path: "/etc/trading-bot/guard.json",
      content: `${JSON.stringify({ server, ipAddress })}\n`,
    },
  ]);
}

/** The address is a secret: anybody who knows it can post there. */
function installWebhook(
  { server, webhook }: KeyGuardArgs,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return remoteCommand(
    "webhook",
    {
      server: server.identity,
      run: `sudo ${programFolder}/service-credential ${webhook ? "install" : "remove"} trading-bot-webhook`,
      ...(webhook && { stdin: pulumi.secret(`${webhook}\n`) }),
    },
    options,
  );
}
