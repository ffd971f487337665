import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { asRoot } from "./remote-script.ts";

export interface ServerFileArgs {
  connection: pulumi.Input<command.types.input.remote.ConnectionArgs>;
  /** Where it lies on the server, an absolute path. */
  path: string;
  content: pulumi.Input<string>;
  /** In octal, "0755". */
  mode: string;
  /** A new value delivers the file again: the server's id. */
  server: pulumi.Input<string>;
  /** A command that gets the file's path as its last word, and fails for a broken file: nothing is changed then. */
  check?: string;
  /** A command that makes the file take effect. Where it fails, the file from before comes back. */
  activate?: string;
}

/** The text of a file of server/, which mirrors the server's own tree. */
export function contentOf(path: string): string {
  return readFileSync(new URL(`../server${path}`, import.meta.url), "utf8");
}

/** Delivers a file, owned by root. An edit is delivered in place, whole and sound or not at all. */
export function serverFile(
  name: string,
  { connection, path, content, mode, server, check = "", activate = "" }: ServerFileArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  const install = contentOf("/first-contact/install-file.sh");
  return new command.remote.Command(
    name,
    {
      connection,
      create: pulumi
        .output(content)
        .apply((text) => asRoot(install, ["install-file", path, mode, sha256(text), check, activate])),
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
