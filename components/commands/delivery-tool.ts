import { createHash } from "node:crypto";
import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { remoteCommand } from "./remote-command.ts";
import { bootstrapCommand } from "./root-command.ts";
import type { ServerIdentity } from "./server-identity.ts";
import { rootfsFile } from "./server-sources.ts";

/** The tool on the server that installs delivered files: all of them, or none. */
export const deliveryTool = "/usr/local/sbin/server-files";

/** Installs the tool itself, on a server that has no other way yet. It arrives whole or not at all. */
export function installDeliveryTool(
  name: string,
  server: ServerIdentity,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  const content = rootfsFile(deliveryTool);
  return remoteCommand(
    name,
    {
      server,
      run: bootstrapCommand("install-file", deliveryTool, "0755", sha256(content)),
      stdin: content,
    },
    options,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
