import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { PreviousSshKeys } from "../settings/previous-ssh-keys.ts";
import { runOperatorScript } from "./operator-script.ts";
import { bootstrapCommand } from "./root-command.ts";
import { reaching, scriptInput, type ServerIdentity } from "./server-identity.ts";
import type { SshKeyPair } from "./ssh-key-pair.ts";

export interface HostKeyAdoptionArgs {
  /** The server as it will be known from now on. */
  server: ServerIdentity;
  /** The host key that user_data gave the server. */
  initial: SshKeyPair;
  /** The host key that replaces it. */
  permanent: SshKeyPair;
  /** Keys that are being replaced. Undefined unless they are. */
  previous: PreviousSshKeys | undefined;
}

/**
 * Replaces the host key that was in user_data, which the metadata service shows, by one that never was. Only in this
 * step may the server show either of the two: an interrupted run can be repeated.
 *
 * The same step replaces keys that may be stolen: only here may the server still have the previous ones.
 */
export function adoptHostKey(
  name: string,
  { server, initial, permanent, previous }: HostKeyAdoptionArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  const earlier = [previous?.hostKey, previous?.initialHostKey].filter((key) => key !== undefined);
  return runOperatorScript(
    name,
    {
      script: "adopt-host-key.ts",
      input: {
        server: {
          ...scriptInput(server),
          hostKey: [initial.publicKey, permanent.publicKey, ...earlier],
        },
        command: bootstrapCommand("adopt-host-key"),
        privateKey: permanent.privateKey,
        ...(previous && { previous }),
      },
      triggers: [server.generation],
    },
    pulumi.mergeOptions(options, {
      ...reaching(server),
      // An edited script must not run again on a server that already has its permanent host key.
      ignoreChanges: previous === undefined ? ["stdin", "create"] : ["create"],
    }),
  );
}
