import { parseJson } from "../../../binance/json.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { requireNotInterrupted } from "../process/uninterrupted.ts";
import { NoConnection, runRemotely } from "../ssh/remote.ts";
import { adminUser, type Server } from "../ssh/server.ts";
import { editState, exportState } from "../stack/edited-state.ts";
import { runPulumi } from "../stack/pulumi-cli.ts";
import { showPulumi } from "../stack/pulumi-shown.ts";
import { readValues } from "../stack/settings.ts";
import { renewFirstContact } from "./first-contact.ts";
import { keysIn, type PreviousKeys, previousKeys, replaceFlags, type StackKeys } from "./keys.ts";
import { renewOutputs } from "./outputs.ts";

const toContinue = "To continue: npm run rotate-ssh-keys";

const setting = "previousSshKeys";

/** The keys that an earlier run has begun to replace; undefined if there was none. @throws UserError */
export async function readPrevious(stack: string | undefined): Promise<PreviousKeys | undefined> {
  const value = (await readValues(stack))[setting];
  if (value === undefined) {
    return undefined;
  }
  const { data } = previousKeys.safeParse(parseJson(value));
  if (data === undefined) {
    throw new UserError(`The setting ${setting} can't be read. To remove it: pulumi config rm ${setting}`);
  }
  return data;
}

/** Writes down, encrypted, which keys the server may still have: a run that continues must be able to log in. */
export async function notePrevious(stack: string | undefined, previous: PreviousKeys): Promise<void> {
  const failure = "The keys can't be written to the stack's settings.";
  await runPulumi(["config", "set", "--secret", setting], stack, failure, JSON.stringify(previous));
}

/** Reads the stack's keys from its state. @throws UserError if it has none */
export async function readKeys(stack: string | undefined): Promise<StackKeys> {
  return keysIn(await exportState(stack));
}

/**
 * Replaces the keys, or goes on where an earlier run was interrupted.
 *
 * @returns whether `pulumi up` has finished. If not, the keys are replaced anyway
 * @throws UserError if they aren't; it can be called again
 */
export async function replaceKeys(
  stack: string | undefined,
  host: string,
  previous: PreviousKeys,
): Promise<boolean> {
  hintWhenInterrupted(stack);
  const flags = replaceFlags(await readKeys(stack), previous);
  // If an earlier run has made the new keys, a server that is replaced now must get them.
  await editState(stack, renewFirstContact);
  requireNotInterrupted("Interrupted.");
  const code = await showPulumi(["up", ...flags, "--yes", "--skip-preview"], stack);
  requireNotInterrupted("`pulumi up` was interrupted.");
  const keys = await readKeys(stack);
  if (replaceFlags(keys, previous).length > 0) {
    throw new UserError(
      `\`pulumi up\` has not finished: see its messages above. If one says that the stack is locked, run \`pulumi cancel\` first. ${toContinue}`,
    );
  }
  await requireReplaced({ host, user: adminUser }, keys, previous);
  await editState(stack, (state) => renewOutputs(renewFirstContact(state)));
  await runPulumi(["config", "rm", setting], stack, `The setting ${setting} can't be removed.`);
  return code === 0;
}

/** A person who presses Ctrl-C learns how to go on. */
function hintWhenInterrupted(stack: string | undefined): void {
  process.once("exit", (code) => {
    if (code > 128) {
      process.stderr.write(forStack(`The keys are not replaced completely. ${toContinue}\n`, stack));
    }
  });
}

/** Tries the new keys, and the previous deploy key. @throws UserError if the server still has a previous key */
async function requireReplaced(
  server: Pick<Server, "host" | "user">,
  { deploy, host }: StackKeys,
  previous: PreviousKeys,
): Promise<void> {
  try {
    await runRemotely({ ...server, deployKey: deploy.privateKey, hostKey: host.publicKey }, "true");
  } catch (error) {
    throw error instanceof NoConnection
      ? new UserError(`The server can't be reached with the new keys yet. ${error.message}\n${toContinue}`)
      : error;
  }
  if (previous.deployKey === undefined) {
    return;
  }
  try {
    await runRemotely({ ...server, deployKey: previous.deployKey, hostKey: host.publicKey }, "true");
  } catch (error) {
    if (error instanceof NoConnection && error.failure.reason === "ssh-denied") {
      return;
    }
    throw error;
  }
  throw new UserError(
    `The server still accepts the previous deploy key, because \`pulumi up\` has not got as far as removing it. ${toContinue}`,
  );
}
