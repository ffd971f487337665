import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { asRoot } from "./remote-script.ts";

export interface ServerFileArgs {
  connection: pulumi.Input<command.types.input.remote.ConnectionArgs>;
  /** Where it lies on the server, an absolute path; in server/ it lies below the same one. */
  path: string;
  /** In octal, "0755". */
  mode: string;
  /** A new value delivers the file again: the server's id. */
  server: pulumi.Input<string>;
}

/** The text of a file of server/, which mirrors the server's own tree. */
export function contentOf(path: string): string {
  return readFileSync(new URL(`../server${path}`, import.meta.url), "utf8");
}

/** Brings one file, owned by root, to a server that has no tool for it yet. It arrives whole or not at all. */
export function serverFile(
  name: string,
  { connection, path, mode, server }: ServerFileArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  const content = contentOf(path);
  const install = contentOf("/first-contact/install-file.sh");
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
