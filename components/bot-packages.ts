import type * as pulumi from "@pulumi/pulumi";
import { quoteForShell } from "../checklist/shell.ts";
import { remoteCommand } from "./commands/remote-command.ts";
import type { ServerIdentity } from "./commands/server-identity.ts";

/**
 * Installs the Debian packages of the setting bot.packages, and removes those that it no longer lists. It is there without
 * any as well, so that the last ones are removed.
 */
export function installBotPackages(
  server: ServerIdentity,
  names: readonly string[],
  options: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const args = [...new Set(names)].sort().map(quoteForShell);
  return remoteCommand(
    "bot-packages",
    { server, run: ["sudo bot-packages set", ...args].join(" "), logging: "stderr" },
    { ...options, customTimeouts: { create: "30m", update: "30m" } },
  );
}
