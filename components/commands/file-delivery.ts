import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { BotServer } from "../bot-server.ts";
import { runOperatorScript } from "./operator-script.ts";
import { contentOf } from "./server-content.ts";

/** The tool on the server that puts a delivery in place: all of it, or nothing. */
export const deliveryTool = "/usr/local/sbin/server-files";

/** Where the server's own programs are that nobody calls by hand. */
export const programFolder = "/usr/local/lib/trading-bot-server";

/** A file as it shall be on the server. */
export interface DeliveredFile {
  /** An absolute path. */
  path: string;
  /** Null where there shall be none. */
  content: string | null;
  /** In octal, "0644" by default. */
  mode?: string;
  /** A command that fails for a broken file, whose path is "$1" in it: nothing is changed then. */
  check?: string;
  /**
   * Commands that make a changed file take effect. Each runs once for a delivery, in the order of the files: units
   * come first, so that systemd knows them before anything is restarted.
   */
  activate?: string[];
}

export interface DeliveryArgs {
  server: BotServer;
  files: pulumi.Input<DeliveredFile[]>;
}

/** Within this time a delivery must be confirmed over a new connection, in seconds. */
const confirmWithin = 60;

/**
 * A file of server/, at its own path.
 *
 * @param values what stands for `@name@` in it
 */
export function fileOf(
  path: string,
  {
    values = {},
    ...more
  }: Omit<DeliveredFile, "path" | "content"> & { values?: Record<string, string> } = {},
): DeliveredFile {
  return { path, content: filled(contentOf(path), values), ...more };
}

/** @throws Error where a placeholder has no value, or a value no placeholder */
export function filled(template: string, values: Record<string, string>): string {
  const unused = new Set(Object.keys(values));
  const text = template.replaceAll(/@(\w+)@/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`there is no value for ${placeholder}`);
    }
    unused.delete(name);
    return value;
  });
  if (unused.size > 0) {
    throw new Error(`there is no place for ${[...unused].join(", ")}`);
  }
  return text;
}

/** Delivers files in place. What is there already stays untouched, and nothing of it is restarted. */
export function deliver(
  name: string,
  { server, files }: DeliveryArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  return new command.remote.Command(
    name,
    {
      connection: server.connection,
      create: `sudo ${deliveryTool} install`,
      stdin: pulumi.output(files).apply((list) => `${JSON.stringify({ files: list })}\n`),
      triggers: [server.serverId],
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    options,
  );
}

/**
 * Delivers files that could lock everybody out. They stand when a new connection has confirmed them; otherwise the
 * server puts back what was there before, by itself.
 */
export function deliverConfirmed(
  name: string,
  { server, files }: DeliveryArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return runOperatorScript(
    name,
    {
      script: "deliver-confirmed.ts",
      input: pulumi
        .all([server.ipAddress, server.hostKey.publicKey, server.deployKey.privateKey, files])
        .apply(([ipAddress, hostKey, deployKey, list]) => ({
          server: { ipAddress, hostKey, deployKey },
          delivery: { files: list, confirmWithin },
        })),
      triggers: [server.serverId],
    },
    options,
  );
}
