import { backupHint } from "../backup/hint.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { requireNotInterrupted } from "../process/uninterrupted.ts";
import { NoConnection } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";
import { hetznerClient } from "../stack/hetzner.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { showPulumi } from "../stack/pulumi-shown.ts";
import { readSetting } from "../stack/settings.ts";
import { addressIn, type MadeServer, monthlyCostIn, readStackState, serverIn } from "../stack/state.ts";
import { finish } from "./finishing.ts";
import { type Journal, removeJournal } from "./journal.ts";
import { lookAtReplacement } from "./look.ts";
import { phaseOf } from "./phase.ts";
import { requirePreview } from "./preview.ts";
import { note, type Replacement, report } from "./replacement.ts";
import { requireIntact, restoreState } from "./restoring.ts";
import { holdBot, releaseBot, requireTool, saveState, sizeOf } from "./saving.ts";
import { deleteUnfinished, requireNoOtherRun } from "./unfinished-order.ts";

const toContinue = "To continue: npm run replace. To give it up: npm run replace -- --discard";

const keyEnds =
  "THE KEY ENDS WITH THE OLD SERVER: its private key was made there and is nowhere else. The new server has no key, and the bot stays off until you make a new one: npm run make-key";

/** Begins a replacement. @returns the exit code */
export async function startReplacement(replacement: Replacement, withoutState: boolean): Promise<number> {
  const { server } = replacement;
  if (server === undefined) {
    throw new UserError("The stack has no server. `pulumi up` makes one at its address.");
  }
  const journal: Journal = {
    version: 1,
    server: picked(server),
    replacedId: server.id,
    withoutState,
  };
  if (!(await isWanted(replacement, journal))) {
    return 1;
  }
  hintWhenInterrupted(replacement);
  return withoutState ? replaceServer(replacement, journal) : saveFirst(replacement, journal);
}

function picked({ urn, name, serverType, location, image }: MadeServer) {
  return { urn, name, serverType, location, image };
}

/** Goes on where an earlier run was interrupted. @returns the exit code */
export async function continueReplacement(
  replacement: Replacement,
  journal: Journal,
  withoutState: boolean,
): Promise<number> {
  const { name } = journal.server;
  report(`Continuing the replacement of the server ${name}.`);
  hintWhenInterrupted(replacement);
  const current: Journal =
    withoutState && journal.savedState === undefined ? { ...journal, withoutState } : journal;
  switch (phaseOf(current, replacement.server?.id)) {
    case "lost":
      throw new UserError(
        `The server ${name} was replaced or deleted by something else before its state was saved. To give this replacement up: npm run replace -- --discard`,
      );
    case "save":
      return (await isWanted(replacement, current)) ? saveFirst(replacement, current) : 1;
    case "replace":
      return (await isWanted(replacement, current)) ? saveAgain(replacement, current) : 1;
    case "order":
      await requireOrder(replacement, current);
      return order(replacement, current);
    case "restore":
    case "start":
      // An earlier run may have been killed before everything was installed.
      return order(replacement, current);
  }
}

/** Shows what the replacement means, and asks. @throws UserError if the new server can't be ordered */
async function isWanted(replacement: Replacement, journal: Journal): Promise<boolean> {
  const { stack, yes, state } = replacement;
  const { name } = journal.server;
  const { report: lookReport } = await look(replacement, journal);
  const isMade = (await readSetting(stack, "binance:publicKey")) !== undefined;
  await requirePreview(stack, replaceFlags(replacement, journal));
  process.stdout.write(
    [
      forStack(lookReport.trimEnd(), stack),
      `Until now: ${monthlyCostIn(state) ?? "the price at which the server was ordered; Hetzner's Console shows it"}. That price is lost: the new server is a new order.`,
      `The old server ${name} is deleted before the new one is ordered. The bot is off for some minutes.`,
      journal.withoutState
        ? "THE BOT'S STATE IS NOT SAVED: its records, such as those of open orders, and its program are lost."
        : "The bot's state and program are saved to this computer first, and restored.",
      ...(journal.withoutState ? [] : [forStack(backupHint, stack)]),
      ...(isMade ? [forStack(keyEnds, stack)] : []),
      ...(stack === undefined ? [] : [`Stack: ${stack}.`]),
      "",
    ].join("\n"),
  );
  return confirm({ text: `Replace the server ${name}? Type yes: `, answer: "yes", yes });
}

async function look({ stack }: Replacement, journal: Journal) {
  const [client, serverType] = await Promise.all([hetznerClient(stack), readSetting(stack, "serverType")]);
  return lookAtReplacement(client, journal.server, serverType);
}

/** There is no server now. @throws UserError if none can be ordered */
async function requireOrder(replacement: Replacement, journal: Journal): Promise<void> {
  const { report: lookReport, existing } = await look(replacement, journal);
  const address = addressIn(replacement.state);
  if (existing !== undefined && address !== undefined) {
    await requireNoOtherRun(replacement.stack, address);
    report(`Deleting the server ${existing.id}, which an earlier run has ordered before it was killed`);
    await deleteUnfinished(await hetznerClient(replacement.stack), existing.id, address);
  }
  process.stdout.write(lookReport);
}

async function saveFirst(replacement: Replacement, journal: Journal): Promise<number> {
  return replaceServer(replacement, await save(replacement, journal));
}

/** Once more, if the server can be reached: its bot may have been released since an earlier run has saved its state. */
async function saveAgain(replacement: Replacement, journal: Journal): Promise<number> {
  const { savedState } = journal;
  if (savedState === undefined) {
    return replaceServer(replacement, journal);
  }
  await requireIntact(savedState);
  let current = journal;
  try {
    current = await save(replacement, journal);
  } catch (error) {
    if (!(error instanceof NoConnection)) {
      throw error;
    }
    report(`The old server can't be reached. Going on with the state that was saved at ${savedState.saved}.`);
  }
  return replaceServer(replacement, current);
}

/** Stops the bot and saves its state. If that fails, the bot is started again. */
async function save(replacement: Replacement, journal: Journal): Promise<Journal> {
  const outputs = await readStackOutputs(replacement.stack);
  await requireTool(outputs);
  const begun = note(replacement, journal);
  try {
    report("Stopping the bot");
    await holdBot(outputs);
    report("Saving its state and program to this computer");
    const savedState = await saveState(outputs, replacement.folder);
    report(`Saved: ${savedState.file}, ${sizeOf(savedState.file)}`);
    return note(replacement, { ...begun, savedState });
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    const next = begun.savedState === undefined ? await undoHold(replacement, outputs) : toContinue;
    throw new UserError(`${error.message}\nNothing was deleted. ${next}`);
  }
}

/** @returns what became of the bot, and what to do */
async function undoHold(replacement: Replacement, server: Server): Promise<string> {
  const code = await releaseBot(server).catch(() => 255);
  if (code === 255) {
    return `The bot may still be held, which keeps it off. ${toContinue}`;
  }
  removeJournal(replacement.folder);
  replacement.journal = undefined;
  return code === 0 ? "The bot is as before." : "The bot is no longer held.";
}

async function replaceServer(replacement: Replacement, journal: Journal): Promise<number> {
  note(replacement, journal);
  return restoreAndFinish(replacement, journal, await up(replacement, replaceFlags(replacement, journal)));
}

/** With the order itself, so that its written-down price becomes today's. */
function replaceFlags({ state }: Replacement, { server }: Journal): string[] {
  const orders = state.resources.filter(
    ({ type, urn }) => type === "command:local:Command" && urn.endsWith("::order"),
  );
  return [server.urn, ...orders.map(({ urn }) => urn)].flatMap((urn) => ["--replace", urn]);
}

async function order(replacement: Replacement, journal: Journal): Promise<number> {
  return restoreAndFinish(replacement, journal, await up(replacement, []));
}

/** @returns the new server's id */
async function up({ stack, journal, folder }: Replacement, flags: string[]): Promise<number> {
  const code = await showPulumi(["up", ...flags, "--yes", "--skip-preview"], stack);
  // The hint to continue follows: `hintWhenInterrupted`.
  requireNotInterrupted(
    "`pulumi up` was interrupted. The bot stays off until the replacement is finished or given up.",
  );
  const server = serverIn(await readStackState(stack));
  if (code === 0 && server !== undefined && server.id !== journal?.replacedId) {
    return server.id;
  }
  const saved = journal?.savedState === undefined ? "" : ` The saved state is in ${folder}.`;
  throw new UserError(
    `\`pulumi up\` has not finished: see its messages above.${saved}\nThe bot stays off until the replacement is finished or given up. ${toContinue}`,
  );
}

async function restoreAndFinish(
  replacement: Replacement,
  journal: Journal,
  serverId: number,
): Promise<number> {
  const outputs = await readStackOutputs(replacement.stack);
  let current = journal;
  if (journal.savedState !== undefined && journal.restoredOn !== serverId) {
    report("Restoring the bot's state and program");
    await restoreState(outputs, journal.savedState);
    current = note(replacement, { ...journal, restoredOn: serverId });
  }
  return finish(replacement, current, outputs);
}

/** A person who presses Ctrl-C learns how to go on. */
function hintWhenInterrupted(replacement: Replacement): void {
  process.once("exit", (code) => {
    if (code > 128 && replacement.journal !== undefined) {
      report(forStack(`\nInterrupted. Nothing is lost. ${toContinue}`, replacement.stack));
    }
  });
}
