import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "../../binance/key-pair.ts";
import type { BotServer } from "../bot-server.ts";
import { runOperatorScript } from "./operator-script.ts";

export interface KeyVerificationArgs {
  server: BotServer;
  keyPair: KeyPair;
  /** "warn" shows the findings and lets everything pass. */
  verification: "enforce" | "warn";
}

/**
 * Proves through the server what a key pair may do. A pair that fails ends the update, and so do doubts; whatever
 * depends on it is then left as it is. It runs anew when the pair changes, and never in a preview.
 */
export function verifyKeyPair(
  name: string,
  { server, keyPair, verification }: KeyVerificationArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return runOperatorScript(
    name,
    {
      script: "verify-candidate.ts",
      input: pulumi
        .all([server.ipAddress, server.hostKey.publicKey, server.deployKey.privateKey])
        .apply(([ipAddress, hostKey, deployKey]) => ({
          keyPair,
          server: { ipAddress, hostKey, deployKey },
          verification,
        })),
      logging: verification === "warn" ? "stderr" : "none",
    },
    options,
  );
}
