import { UserError } from "../command/user-error.ts";
import { NoConnection } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { type Journal, removeJournal } from "./journal.ts";
import { texts } from "./kind.ts";
import { note, type Replacement, report } from "./replacement.ts";
import { requireIntact } from "./restoring.ts";
import { connectionTo, holdBot, releaseBot, requireTool, saveState, sizeOf } from "./saving.ts";

/**
 * Stops the bot and saves its state. If that fails, the bot is started again.
 *
 * @throws UserError; nothing was deleted
 */
export async function holdAndSave(replacement: Replacement, journal: Journal): Promise<Journal> {
  const outputs = await readStackOutputs(replacement.stack);
  await requireTool(outputs, replacement.kind);
  const begun = note(replacement, journal);
  try {
    report("Stopping the bot");
    await holdBot(connectionTo(outputs));
    report("Saving its state and program to this computer");
    const savedState = await saveState(connectionTo(outputs), replacement.folder, replacement.kind);
    report(`Saved: ${savedState.file}, ${sizeOf(savedState.file)}`);
    return note(replacement, { ...begun, savedState });
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    const { toContinue } = texts[replacement.kind];
    const next = begun.savedState === undefined ? await undoHold(replacement, outputs) : toContinue;
    throw new UserError(`${error.message}\nNothing was deleted. ${next}`);
  }
}

/**
 * Saves the state once more, if the server can be reached: its bot may have been released since an earlier run has saved it.
 * If the server has another system already, what was saved counts.
 */
export async function saveAgain(replacement: Replacement, journal: Journal): Promise<Journal> {
  const { savedState } = journal;
  if (savedState === undefined) {
    return journal;
  }
  await requireIntact(savedState, replacement.kind);
  if (replacement.server?.generation !== journal.replaced) {
    return journal;
  }
  try {
    return await holdAndSave(replacement, journal);
  } catch (error) {
    if (!(error instanceof NoConnection)) {
      throw error;
    }
    report(`The server can't be reached. Going on with the state that was saved at ${savedState.saved}.`);
    return journal;
  }
}

/** @returns what became of the bot, and what to do */
async function undoHold(replacement: Replacement, server: Server): Promise<string> {
  const code = await releaseBot(server).catch(() => 255);
  if (code === 255) {
    return `The bot may still be held, which keeps it off. ${texts[replacement.kind].toContinue}`;
  }
  removeJournal(replacement.folder);
  replacement.journal = undefined;
  return code === 0 ? "The bot is as before." : "The bot is no longer held.";
}
