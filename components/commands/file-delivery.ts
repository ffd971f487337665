import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { parseJson } from "../../binance/json.ts";
import type { DeliveredFile } from "./delivered-file.ts";
import { runOperatorScript } from "./operator-script.ts";
import { remoteCommand } from "./remote-command.ts";
import { deliveryTool } from "./root-tools.ts";
import { reaching, scriptInput, type ServerIdentity } from "./server-identity.ts";

export interface FileDeliveryArgs {
  server: ServerIdentity;
  files: pulumi.Input<DeliveredFile[]>;
}

/** The time in which a confirmed delivery must be confirmed, in seconds. */
const confirmWithin = 60;

/** Writes files to the server, in place. Files that have not changed stay untouched, and nothing restarts for them. */
export function deliverFiles(
  name: string,
  { server, files }: FileDeliveryArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  return remoteCommand(
    name,
    {
      server,
      run: `sudo ${deliveryTool} install`,
      stdin: pulumi.output(files).apply(deliveryOf),
    },
    options,
  );
}

/** What server-files reads from its standard input. Exported for tests. */
export function deliveryOf(files: DeliveredFile[]): string {
  return `${JSON.stringify({ files: files.map(withSecretsAsTheyAre) })}\n`;
}

const secretValues = z.record(z.string(), z.string());

/**
 * A credential that is JSON becomes a part of the delivery's JSON, not a text in it: in its debug output, Pulumi recognizes a
 * secret that is escaped once, and no more. A private key has several lines, and is escaped. The server makes the same text of it.
 */
function withSecretsAsTheyAre(file: DeliveredFile) {
  const { credential, content } = file;
  if (credential === undefined || content === null) {
    return file;
  }
  const secrets = secretValues.safeParse(parseJson(content)).data;
  return secrets !== undefined && JSON.stringify(secrets) === content ? { ...file, content: secrets } : file;
}

/**
 * Writes files that could lock everybody out. They are kept once a new connection has confirmed them; otherwise the
 * server restores the previous ones by itself.
 */
export function deliverConfirmedFiles(
  name: string,
  { server, files }: FileDeliveryArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return runOperatorScript(
    name,
    {
      script: "deliver-confirmed.ts",
      input: { server: scriptInput(server), delivery: { files, confirmWithin } },
      triggers: [server.generation],
    },
    pulumi.mergeOptions(options, reaching(server)),
  );
}
