import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { runOperatorScript } from "./operator-script.ts";
import { asRoot } from "./remote-script.ts";
import { bootstrapScript } from "./server-content.ts";
import type { SshKeyPair } from "./ssh-key-pair.ts";

export interface HostKeyAdoptionArgs {
  ipAddress: pulumi.Input<string>;
  deployKey: SshKeyPair;
  /** What the server was made with. */
  first: SshKeyPair;
  /** What it shall have from now on. */
  lasting: SshKeyPair;
  /** A new value does it again: the server's id. */
  server: pulumi.Input<string>;
}

/**
 * Replaces the host key that travelled in user_data by one that never did. Here alone, and until it has succeeded,
 * the server may show either of the two: so a run that was interrupted on the way can be repeated.
 */
export function adoptHostKey(
  name: string,
  { ipAddress, deployKey, first, lasting, server }: HostKeyAdoptionArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return runOperatorScript(
    name,
    {
      script: "adopt-host-key.ts",
      input: pulumi
        .all([ipAddress, deployKey.privateKey, first.publicKey, lasting.publicKey, lasting.privateKey])
        .apply(([address, deploy, firstPublic, lastingPublic, privateKey]) => ({
          server: { ipAddress: address, hostKey: [firstPublic, lastingPublic], deployKey: deploy },
          command: asRoot(bootstrapScript("adopt-host-key"), ["adopt-host-key"]),
          privateKey,
        })),
      triggers: [server],
    },
    // An edited script has nothing to do on a server that has its key.
    pulumi.mergeOptions(options, { ignoreChanges: ["stdin", "create"] }),
  );
}
