import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { adminUser, hostKey, privateKey, type Server } from "../ssh/server.ts";
import { type DeployedBot, deployedBot } from "./deployed-bot.ts";
import { runPulumi } from "./pulumi-cli.ts";
import { readServerInState } from "./server-in-state.ts";

/** What index.ts exports, as far as scripts need it. */
const outputs = z.object({
  ipToWhitelist: z.ipv4(),
  deployKey: privateKey,
  hostKey,
  /** The fingerprint of the pair on the server, or "none". */
  liveKeyPair: z.string().optional(),
  /** Null without a bot. Another version may have written it otherwise, and must not keep `npm run stop` from working. */
  botSettings: deployedBot.nullish().catch(undefined),
});

/** The stack's server, and what is live on it. */
export interface StackOutputs extends Server {
  liveKeyPair: string | undefined;
  /** Undefined without a bot, or if another version was the last to install one. */
  bot: DeployedBot | undefined;
}

class IncompleteOutputs extends UserError {}

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

/**
 * Reads how to log in, also after a first `pulumi up` that failed, when the stack has no outputs yet.
 *
 * @throws UserError if the stack can't be read, or has no server
 */
export async function readServer(stack: string | undefined): Promise<Server> {
  try {
    return await readStackOutputs(stack);
  } catch (error) {
    const server = error instanceof IncompleteOutputs ? await readServerInState(stack) : undefined;
    if (server === undefined) {
      throw error;
    }
    return server;
  }
}

/** @throws IncompleteOutputs, which names the wrong outputs and shows none of their values, because some are secret */
export function parseStackOutputs(json: string): StackOutputs {
  const result = outputs.safeParse(parseJson(json));
  if (result.success) {
    const { ipToWhitelist: host, deployKey, hostKey, liveKeyPair, botSettings } = result.data;
    return { host, user: adminUser, deployKey, hostKey, liveKeyPair, bot: botSettings ?? undefined };
  }
  const names = result.error.issues.map(({ path }) => path.join("."));
  throw new IncompleteOutputs(
    `The stack has no server yet, or its outputs are incomplete (${names.join(", ")}). Run \`pulumi up\`, and then this again.`,
  );
}
