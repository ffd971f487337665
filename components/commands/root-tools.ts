import { createHash } from "node:crypto";
import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { remoteCommand } from "./remote-command.ts";
import { pythonBootstrapCommand } from "./root-command.ts";
import type { ServerIdentity } from "./server-identity.ts";
import { programFolder } from "./server-paths.ts";
import { rootfsFile, rootfsFiles } from "./server-sources.ts";

/** The tool on the server that installs delivered files: all of them, or none. */
export const deliveryTool = "/usr/local/sbin/server-files";

/**
 * Installs the library with the logic of all root tools, and the tool that takes deliveries. They can't arrive by a
 * delivery themselves, because a new server has nothing yet that takes one.
 */
export function installRootTools(
  name: string,
  server: ServerIdentity,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  return remoteCommand(
    name,
    { server, run: pythonBootstrapCommand("install-root-tools"), stdin: rootTools() },
    options,
  );
}

/** What install-root-tools.py reads: the whole library, with a version that is made from its content. */
export function rootTools(): string {
  const library = rootfsFiles(`${programFolder}/library`, ".py");
  const version = createHash("sha256").update(JSON.stringify(library)).digest("hex").slice(0, 12);
  return `${JSON.stringify({ version, library, tool: rootfsFile(deliveryTool) })}\n`;
}
