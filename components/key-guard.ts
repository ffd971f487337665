import * as pulumi from "@pulumi/pulumi";
import { type ConfiguredKeyPair, fingerprint } from "../binance/key-pair.ts";
import type { KeyRules, Permissions } from "../checklist/key-rules.ts";
import type { VerificationMode } from "../checklist/verification-settings.ts";
import type { BotServer } from "./bot-server.ts";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { deliverFiles } from "./commands/file-delivery.ts";
import { remoteCommand } from "./commands/remote-command.ts";
import { botControl, programFolder, unitFolder } from "./commands/server-paths.ts";
import { guardBundle } from "./guard-bundle.ts";
import type { Hardening } from "./hardening.ts";
import { guardUnits } from "./unit-sandbox.ts";

export interface KeyGuardArgs {
  server: BotServer;
  hardening: Hardening;
  /** The https address that findings are sent to, besides the journal. */
  webhook: string | undefined;
  /** The https address that is called after each check that passes. */
  heartbeat: string | undefined;
  /** After how many minutes without a verdict the owner gets a message. */
  blindMinutes: number;
  /** How many hours a check that has passed lets a bot start. */
  passHours: number;
  /** Whether a message that the bot has ended lists the account's open orders. */
  listsOrders: boolean;
  /** The symbol of the test order; undefined for the usual ones. */
  testPair: string | undefined;
  /** What the settings say about the key pair; undefined without a pair. */
  key: DeclaredKey | undefined;
  /** What a demo key pair is for; undefined for a bot that uses none. */
  demoPermissions: Permissions | undefined;
}

/** What the guard holds a key pair to. While another pair is live, the guard applies what it knows of that one. */
export interface DeclaredKey extends KeyRules {
  /** The pair's fingerprint. */
  pair: string;
  verification: VerificationMode;
}

/** The declaration of the pair in the settings. */
export function declaredKey({
  keyPair,
  permissions,
  acceptedPermissions,
  verification,
}: KeyRules & { keyPair: ConfiguredKeyPair | undefined; verification: VerificationMode }):
  DeclaredKey | undefined {
  return keyPair && { pair: fingerprint(keyPair), permissions, acceptedPermissions, verification };
}

/**
 * Checks on the server what Binance allows the installed key to do: before the bot starts, and every few minutes.
 * It stops the bot if its key may do more than it should.
 */
export class KeyGuard extends pulumi.ComponentResource {
  readonly installed: pulumi.Resource;

  constructor(name: string, args: KeyGuardArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:KeyGuard", name, {}, options);
    const { server, webhook, heartbeat, hardening } = args;
    const inOrder = { parent: this, dependsOn: hardening.installed };
    const addresses = [
      installAddress("webhook", server, webhook, inOrder),
      installAddress("heartbeat", server, heartbeat, inOrder),
    ];
    this.installed = deliverFiles(
      name,
      { server: server.identity, files: guardFiles(args) },
      { parent: this, dependsOn: addresses },
    );
    this.registerOutputs({});
  }
}

function guardFiles({
  server,
  blindMinutes,
  passHours,
  listsOrders,
  testPair,
  key,
  demoPermissions,
}: KeyGuardArgs): pulumi.Output<DeliveredFile[]> {
  const { serverName, identity } = server;
  return pulumi.all([serverName, identity.host, guardBundle()]).apply(([name, ipAddress, bundle]) => [
    ...guardUnits.map((unit) =>
      deliveredFile(`${unitFolder}/${unit}`, { activate: ["systemctl daemon-reload"] }),
    ),
    timer("trading-bot-guard.timer"),
    // Started by the unit that waits for the clock.
    deliveredFile(`${unitFolder}/trading-bot-clock-late.timer`, { activate: ["systemctl daemon-reload"] }),
    // Before the bot's own delivery, which runs it, also to roll back.
    deliveredFile(botControl, { mode: "0755" }),
    deliveredFile(`${programFolder}/guard-verdict`, { mode: "0755" }),
    deliveredFile(`${programFolder}/watch-guard`, { mode: "0755" }),
    deliveredFile(`${programFolder}/watch-updates`, { mode: "0755" }),
    { path: `${programFolder}/guard.mjs`, content: bundle },
    {
      path: "/etc/trading-bot/guard.json",
      content: `${JSON.stringify({ server: name, ipAddress, blindMinutes, passHours, listsOrders, testPair, key, demoPermissions })}\n`,
    },
    // After what it runs.
    timer("trading-bot-watch.timer"),
    timer("trading-bot-overdue.timer"),
  ]);
}

function timer(unit: string): DeliveredFile {
  return deliveredFile(`${unitFolder}/${unit}`, {
    activate: ["systemctl daemon-reload", `systemctl enable --quiet --now ${unit}`],
  });
}

/** The address is a secret: anybody who knows it can post there. */
function installAddress(
  name: "webhook" | "heartbeat",
  server: BotServer,
  address: string | undefined,
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return remoteCommand(
    name,
    {
      server: server.identity,
      run: `sudo ${programFolder}/service-credential ${address ? "install" : "remove"} trading-bot-${name}`,
      ...(address && { stdin: pulumi.secret(`${address}\n`) }),
    },
    options,
  );
}
