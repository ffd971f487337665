import * as z from "zod";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { keysOrNone } from "../rotation/keys.ts";
import { adminUser, hostKey, privateKey, type Server } from "../ssh/server.ts";
import { type DeployedBot, deployedBot } from "./deployed-bot.ts";
import { type ExportedResource, type ExportedState, parseExported } from "./exported-state.ts";
import { runPulumi } from "./pulumi-cli.ts";
import { fromSecret } from "./secret-value.ts";
import { serverWithKeys } from "./server-in-state.ts";

/** What index.ts exports, as far as scripts need it. */
const outputs = z.object({
  ipToWhitelist: z.ipv4(),
  /** "none" without a second address. Missing in the outputs of an older version. */
  standbyIp: z.ipv4().optional().catch(undefined),
  deployKey: privateKey,
  hostKey,
  /** The fingerprint of the pair on the server, or "none". */
  liveKeyPair: z.string().optional(),
  /** An empty text without a bot. Another version may have written it otherwise, and must not keep `npm run stop` from working. */
  botSettings: deployedBot.nullish().catch(undefined),
  /** Missing in the outputs of an older version, which has no paper mode. */
  botMode: z.enum(["live", "paper", "none"]).optional().catch(undefined),
  serverName: z.string().optional().catch(undefined),
  serverLocation: z.string().optional().catch(undefined),
  monthlyCost: z.string().optional().catch(undefined),
  /** Missing in the outputs of a version before 0.7.0. */
  version: z.string().optional().catch(undefined),
});

/** The stack's server, and what is live on it. */
export interface StackOutputs extends Server {
  liveKeyPair: string | undefined;
  /** The stack's other address, which no server has; undefined if there is none. */
  standbyIp?: string | undefined;
  /** Undefined without a bot, or if another version was the last to install one. */
  bot: DeployedBot | undefined;
  /** Whether the bot trades without real money, and not in the account of the live key pair. */
  isPaper: boolean;
  /** The image of the server's system, such as "debian-13". */
  image: string | undefined;
  /** Whether the stack's state has a server. After a teardown that keeps the address, the outputs are still those of the last one. */
  hasServer: boolean;
  /** For people. */
  order: ServerOrder;
}

/** What was ordered at Hetzner, as far as the outputs say. */
export interface ServerOrder {
  name: string | undefined;
  location: string | undefined;
  /** Server and address, with the unit: "6.49 € a month". */
  cost: string | undefined;
  /** The version of this project that has set the server up last. */
  version: string | undefined;
}

class IncompleteOutputs extends UserError {}

/**
 * Reads the outputs of a stack, secrets included, through the Pulumi CLI. It reports if its SSH keys are being
 * replaced.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @throws UserError if they can't be read, or the stack has no server yet
 */
export async function readStackOutputs(stack: string | undefined): Promise<StackOutputs> {
  return reported(stackOutputsIn(await exportStack(stack)), stack);
}

/** The same, or undefined if the stack has no server yet. */
export async function findStackOutputs(stack: string | undefined): Promise<StackOutputs | undefined> {
  try {
    return await readStackOutputs(stack);
  } catch (error) {
    if (error instanceof IncompleteOutputs) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Reads how to log in, also after a first `pulumi up` that failed, when the stack has no outputs yet.
 *
 * @throws UserError if the stack can't be read, or has no server
 */
export async function readServer(stack: string | undefined): Promise<Server> {
  const json = await exportStack(stack);
  try {
    return reported(stackOutputsIn(json), stack);
  } catch (error) {
    const server = error instanceof IncompleteOutputs ? serverWithKeys(json) : undefined;
    if (server === undefined) {
      throw error;
    }
    return server;
  }
}

/** The same as readStackOutputs, for a command that replaces the SSH keys. */
export async function readForRotation(stack: string | undefined): Promise<StackOutputs> {
  return stackOutputsIn(await exportStack(stack));
}

function exportStack(stack: string | undefined): Promise<string> {
  return runPulumi(["stack", "export", "--show-secrets"], stack, "The stack can't be read.");
}

function reported(server: StackOutputs, stack: string | undefined): StackOutputs {
  if (server.previousDeployKey !== undefined || typeof server.hostKey !== "string") {
    const note =
      "The SSH keys of this stack are not replaced completely. Until then, the previous ones are tried as well. To finish it: npm run rotate-ssh-keys";
    process.stderr.write(`${forStack(note, stack)}\n`);
  }
  return server;
}

/**
 * @param json what `pulumi stack export --show-secrets` prints. Not the outputs alone: Pulumi writes them at the end of a
 *   `pulumi up` that succeeds, and the server may have newer keys, which are in the state already
 * @throws IncompleteOutputs, which names the wrong outputs and shows none of their values, because some are secret
 */
export function stackOutputsIn(json: string): StackOutputs {
  const state = parseExported(json);
  const stack = state.deployment.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const values = Object.entries(stack?.outputs ?? {}).map(([name, value]) => [name, fromSecret(value)]);
  const result = outputs.safeParse(Object.fromEntries(values));
  if (result.success) {
    const {
      ipToWhitelist: host,
      standbyIp,
      deployKey,
      hostKey,
      liveKeyPair,
      botSettings,
      botMode,
    } = result.data;
    const { serverName: name, serverLocation: location, monthlyCost: cost, version } = result.data;
    const keys = newestKeys(state, deployKey, hostKey);
    return {
      host,
      user: adminUser,
      ...keys,
      liveKeyPair,
      standbyIp,
      bot: botSettings ?? undefined,
      isPaper: botMode === "paper",
      image: imageIn(state),
      hasServer: serverResource(state) !== undefined,
      order: { name, location, cost, version },
    };
  }
  const names = result.error.issues.map(({ path }) => path.join("."));
  throw new IncompleteOutputs(
    `The stack has no server yet, or its outputs are incomplete (${names.join(", ")}). Run \`pulumi up\`, and then this again.`,
  );
}

function serverResource({ deployment }: ExportedState): ExportedResource | undefined {
  return deployment.resources.find(({ type }) => type === "hcloud:index/server:Server");
}

function imageIn(state: ExportedState): string | undefined {
  const image = serverResource(state)?.outputs?.image;
  return typeof image === "string" ? image : undefined;
}

/** The keys in the state. If they differ from those of the outputs, the server may have either. */
function newestKeys(
  state: ExportedState,
  deployKey: string,
  hostKey: string,
): Pick<Server, "deployKey" | "hostKey" | "previousDeployKey"> {
  const keys = keysOrNone(state);
  if (keys === undefined) {
    return { deployKey, hostKey };
  }
  const { deploy, host, initialHost } = keys;
  return {
    deployKey: deploy.privateKey,
    ...(deploy.privateKey !== deployKey && { previousDeployKey: deployKey }),
    hostKey: host.publicKey === hostKey ? hostKey : [host.publicKey, hostKey, initialHost.publicKey],
  };
}
