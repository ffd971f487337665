import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { KeyPair } from "../binance/key-pair.ts";
import type { BotServer } from "./bot-server.ts";

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
  const candidate = pulumi
    .all([server.ipAddress, server.hostKey.publicKey, server.deployKey.privateKey])
    .apply(([ipAddress, hostKey, deployKey]) =>
      JSON.stringify({ keyPair, server: { ipAddress, hostKey, deployKey }, verification }),
    );
  return new command.local.Command(
    name,
    {
      // Older Nodes call the stripping of types experimental, in the middle of the finding.
      create: "node --disable-warning=ExperimentalWarning scripts/verify-candidate.ts",
      stdin: pulumi.secret(pulumi.interpolate`${candidate}\n`),
      // A failing command is shown with its output in any case.
      logging: verification === "warn" ? "stderr" : "none",
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(options, { additionalSecretOutputs: ["stdout", "stderr"] }),
  );
}
