import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { adminUser, hostKey, privateKey, type Server } from "../ssh/server.ts";
import { runPulumi } from "./pulumi-cli.ts";

/** What index.ts exports, as far as scripts need it. */
const outputs = z.object({
  ipToWhitelist: z.ipv4(),
  deployKey: privateKey,
  hostKey,
  /** The fingerprint of the pair on the server, or "none". */
  liveKeyPair: z.string().optional(),
});

/** The stack's server, and what is live on it. */
export interface StackOutputs extends Server {
  liveKeyPair: string | undefined;
}

/**
 * Reads the outputs of a stack, secrets included, through the Pulumi CLI.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @throws UserError if they can't be read, or the stack has no server yet
 */
export async function readStackOutputs(stack: string | undefined): Promise<StackOutputs> {
  const args = ["stack", "output", "--json", "--show-secrets"];
  return parseStackOutputs(await runPulumi(args, stack, "The stack can't be read."));
}

/** @throws UserError that names the wrong outputs and shows none of their values, because some are secret */
export function parseStackOutputs(json: string): StackOutputs {
  const result = outputs.safeParse(parseJson(json));
  if (result.success) {
    const { ipToWhitelist: host, deployKey, hostKey, liveKeyPair } = result.data;
    return { host, user: adminUser, deployKey, hostKey, liveKeyPair };
  }
  const names = result.error.issues.map(({ path }) => path.join("."));
  throw new UserError(
    `The stack has no server yet, or its outputs are incomplete (${names.join(", ")}). Run \`pulumi up\`, and then this again.`,
  );
}
