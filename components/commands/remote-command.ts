import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { connectionTo, reaching, type ServerIdentity } from "./server-identity.ts";

export interface RemoteCommandArgs {
  server: ServerIdentity;
  /** A shell command. No secret may be in it: Pulumi shows it if it fails. */
  run: string;
  /** What the command gets on standard input. It may be secret. */
  stdin?: pulumi.Input<string>;
  /** How often a connection is tried; the error at the limit shows the last reason. */
  dialErrorLimit?: number;
  /** Whether its standard error is shown while it runs, such as that it waits. No secret may be in that. */
  logging?: "none" | "stderr";
}

/**
 * Runs a command on the server: once for each generation of the server, and again if the command or its input changes.
 *
 * No command has a `delete`, because a dead server must not block `pulumi destroy`. Its output is secret and is not
 * logged unless `logging` is stderr; if it fails, Pulumi shows it.
 */
export function remoteCommand(
  name: string,
  { server, run, stdin, dialErrorLimit, logging = "none" }: RemoteCommandArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  return new command.remote.Command(
    name,
    {
      connection: { ...connectionTo(server), ...(dialErrorLimit !== undefined && { dialErrorLimit }) },
      create: run,
      ...(stdin !== undefined && { stdin }),
      triggers: [server.generation],
      logging,
      addPreviousOutputInEnv: false,
    },
    pulumi.mergeOptions(options, { ...reaching(server), additionalSecretOutputs: ["stdout", "stderr"] }),
  );
}
