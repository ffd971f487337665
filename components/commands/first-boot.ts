import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { remoteCommand } from "./remote-command.ts";
import { bootstrapCommand } from "./root-command.ts";
import type { ServerIdentity } from "./server-identity.ts";

/**
 * Waits until the first boot is over, so that nothing is installed into a system that is still being set up.
 *
 * @param server with the host key that it has during its first boot
 */
export function waitForFirstBoot(
  name: string,
  server: ServerIdentity,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  return remoteCommand(
    name,
    {
      server,
      run: bootstrapCommand("wait-until-ready"),
      // Tries are up to 5 s apart. A limit and not a timeout: its error shows why the last try failed.
      dialErrorLimit: 120,
    },
    pulumi.mergeOptions(options, {
      customTimeouts: { create: "30m" },
      // It is over for good: a server that has booted no longer shows its initial host key.
      ignoreChanges: ["create", "connection", "logging"],
    }),
  );
}
