import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { asRoot } from "./remote-script.ts";
import { bootstrapScript, contentOf } from "./server-content.ts";

export interface ServerFileArgs {
  connection: pulumi.Input<command.types.input.remote.ConnectionArgs>;
  /** Where it lies on the server, an absolute path; in server/ it lies below the same one. */
  path: string;
  /** In octal, "0755". */
  mode: string;
  /** A new value delivers the file again: the server's id. */
  server: pulumi.Input<string>;
}

/** Brings one file, owned by root, to a server that has no tool for it yet. It arrives whole or not at all. */
export function serverFile(
  name: string,
  { connection, path, mode, server }: ServerFileArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  const content = contentOf(path);
  const install = bootstrapScript("install-file");
  return new command.remote.Command(
    name,
    {
      connection,
      create: asRoot(install, ["install-file", path, mode, sha256(content)]),
      stdin: content,
      triggers: [server],
      logging: "none",
      addPreviousOutputInEnv: false,
    },
    options,
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
