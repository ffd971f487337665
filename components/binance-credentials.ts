import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { fingerprint, type KeyPair, serialize } from "../binance/key-pair.ts";
import type { BotServer } from "./bot-server.ts";
import { deliver, fileOf } from "./commands/file-delivery.ts";
import { verifyKeyPair } from "./commands/gate.ts";
import type { TradingBot } from "./trading-bot.ts";

const tool = "/usr/local/sbin/binance-credential";

export interface BinanceCredentialsArgs {
  server: BotServer;
  /** Undefined removes the pair from the server. */
  keyPair: KeyPair | undefined;
  /** Whether a new pair must prove itself before it is activated. */
  verification: "enforce" | "warn" | "off";
  /** What takes the pair: it is there first, so that a pair which it can't run on doesn't stay. */
  bot: TradingBot;
}

/**
 * The Binance key pair on the server, as one encrypted systemd credential that units load with
 * `LoadCredentialEncrypted=binance`. Changed in place; a replaced server gets it again.
 */
export class BinanceCredentials extends pulumi.ComponentResource {
  /** The live pair's fingerprint, as the server computed it from what it decrypted; "none" without a pair. */
  readonly fingerprint: pulumi.Output<string>;

  constructor(
    name: string,
    { server, keyPair, verification, bot }: BinanceCredentialsArgs,
    options?: pulumi.ComponentResourceOptions,
  ) {
    super("trading-bot-server:index:BinanceCredentials", name, {}, options);
    const installed = deliver(
      "binance-credential",
      { server, files: [fileOf(tool, { mode: "0755" })] },
      { parent: this, dependsOn: bot.installed },
    );
    // While the old pair is still live: a new one that fails the verification never gets to the server.
    const verified =
      keyPair && verification !== "off"
        ? [
            verifyKeyPair(
              "verification",
              { server, keyPair, verification },
              { parent: this, dependsOn: server.ready },
            ),
          ]
        : [];
    const delivery = new command.remote.Command(
      name,
      {
        connection: server.connection,
        create: `sudo ${tool} ${keyPair ? "install" : "remove"}`,
        // The only way of the pair to the server: an argument or a variable could be seen there.
        ...(keyPair && { stdin: pulumi.secret(`${serialize(keyPair)}\n`) }),
        triggers: [server.serverId],
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this, dependsOn: [installed, ...verified], additionalSecretOutputs: ["stdout", "stderr"] },
    );
    const wanted = keyPair ? fingerprint(keyPair) : "none";
    this.fingerprint = pulumi.unsecret(delivery.stdout.apply((live) => confirm(live, wanted)));
    this.registerOutputs({ fingerprint: this.fingerprint });
  }
}

/**
 * @returns the fingerprint that the server named
 * @throws RunError where it isn't the delivered pair's
 */
export function confirm(live: string, wanted: string): string {
  if (live.trim() === wanted) {
    return wanted;
  }
  throw new pulumi.RunError(
    `The server did not confirm the key pair ${wanted}. What is live there: sudo ${tool} fingerprint`,
  );
}
