import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type ConfiguredKeyPair, fingerprint, isMade, serialize } from "../binance/key-pair.ts";
import type { KeyRules } from "../checklist/key-rules.ts";
import type { VerificationMode } from "../checklist/verification-settings.ts";
import type { BotServer } from "./bot-server.ts";
import { type DeliveredFile, deliveredFile } from "./commands/delivered-file.ts";
import { deliverFiles } from "./commands/file-delivery.ts";
import { verifyKeyPair } from "./commands/gate.ts";
import { remoteCommand } from "./commands/remote-command.ts";
import { programFolder } from "./commands/server-paths.ts";
import { requireMade } from "./left-out.ts";
import { lostKey } from "./outputs.ts";
import type { TradingBot } from "./trading-bot.ts";

const tool = "/usr/local/sbin/binance-credential";

/** A tool of version 0.1.0. It is removed together with the old binance-credential, which calls it. */
const formerBotControl: DeliveredFile = { path: `${programFolder}/bot-control`, content: null };

export interface BinanceCredentialsArgs {
  server: BotServer;
  /** Undefined removes the pair from the server. A key that was made there and isn't used yet is kept. */
  keyPair: ConfiguredKeyPair | undefined;
  /** Whether a new pair must pass the gate before it is activated. */
  verification: VerificationMode;
  /** What the pair is held to. */
  rules: KeyRules;
  /** The symbol of the gate's test order; undefined for the usual ones. */
  testPair: string | undefined;
  /** The bot that uses the pair. It is installed first, so that a pair with which it can't run is rolled back. */
  bot: TradingBot;
}

/**
 * The Binance key pair on the server, as one encrypted systemd credential that units load with
 * `LoadCredentialEncrypted=binance`. Changed in place; a replaced server gets it again.
 */
export class BinanceCredentials extends pulumi.ComponentResource {
  /** The live pair's fingerprint, as the server computed it from what it decrypted; "none" without a pair. */
  readonly fingerprint: pulumi.Output<string>;

  constructor(name: string, args: BinanceCredentialsArgs, options?: pulumi.ComponentResourceOptions) {
    super("trading-bot-server:index:BinanceCredentials", name, {}, options);
    const toolInstalled = this.#installTool(args);
    // While the previous pair is still live: a new one that fails the verification never reaches the server.
    const verified = this.#verify(args, toolInstalled);
    const installed = this.#installKeyPair(args, [toolInstalled, ...verified]);
    this.fingerprint = pulumi.unsecret(
      installed.stdout.apply((live) =>
        confirm(requireMade(live, "The step that installs the key pair"), args.keyPair),
      ),
    );
    this.registerOutputs({ fingerprint: this.fingerprint });
  }

  #installTool({ server, bot }: BinanceCredentialsArgs): pulumi.Resource {
    return deliverFiles(
      "credential-tool",
      { server: server.identity, files: [deliveredFile(tool, { mode: "0755" }), formerBotControl] },
      { parent: this, dependsOn: bot.installed, aliases: [{ name: "binance-credential" }] },
    );
  }

  /** @returns nothing if there is nothing to verify */
  #verify(
    { server, keyPair, verification, rules, testPair, bot }: BinanceCredentialsArgs,
    toolInstalled: pulumi.Resource,
  ): pulumi.Resource[] {
    if (keyPair === undefined || verification === "off") {
      return [];
    }
    return [
      verifyKeyPair(
        "key-verification",
        { server: server.identity, keyPair, verification, rules, testPair },
        {
          parent: this,
          // After the SSH settings, which say where a tunnel through the server may lead, and the tool, which signs for a
          // key that was made on the server.
          dependsOn: [server.ready, bot.installed, toolInstalled],
          aliases: [{ name: "verification" }],
        },
      ),
    ];
  }

  #installKeyPair(
    { server, keyPair }: BinanceCredentialsArgs,
    dependsOn: pulumi.Resource[],
  ): command.remote.Command {
    return remoteCommand(
      "key-pair",
      {
        server: server.identity,
        run: `sudo ${tool} ${keyPair ? "install" : "remove-pairs"}`,
        // On standard input only: an argument or a variable could be seen on the server.
        ...(keyPair && { stdin: pulumi.secret(`${serialize(keyPair)}\n`) }),
      },
      { parent: this, dependsOn, aliases: [{ name: "binance" }] },
    );
  }
}

/**
 * @param live what the server reported
 * @returns the fingerprint of the pair that is live, or "none"
 * @throws RunError if it isn't the fingerprint of the pair that was sent
 */
export function confirm(live: string, keyPair: ConfiguredKeyPair | undefined): string {
  const reported = live.trim();
  const wanted = keyPair ? fingerprint(keyPair) : "none";
  if (reported === wanted) {
    return wanted;
  }
  if (keyPair !== undefined && isMade(keyPair) && reported === "none") {
    void pulumi.log.warn(lostKey);
    return "none";
  }
  throw new pulumi.RunError(
    `The server did not confirm the key pair ${wanted}. To see which one is live there: npm run ssh -- sudo ${tool} fingerprint`,
  );
}
