import { confirm } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { type Journal, removeJournal } from "./journal.ts";
import type { Replacement } from "./replacement.ts";
import { releaseBot } from "./saving.ts";

/** Gives up an open replacement: the bot is no longer held. @returns the exit code */
export async function discardReplacement(replacement: Replacement): Promise<number> {
  const { stack, folder, server, journal, yes } = replacement;
  if (journal === undefined) {
    throw new UserError("No replacement is open.");
  }
  const loss = lossOf(journal, server?.id);
  if (loss !== undefined) {
    process.stdout.write(`${loss}\n`);
    if (!(await confirm({ text: "Give the replacement up? Type yes: ", answer: "yes", yes }))) {
      return 1;
    }
  }
  const code = server === undefined ? 0 : await releaseBot(await readStackOutputs(stack));
  if (code === 255) {
    throw new UserError("The replacement is still open, because the bot could not be released.");
  }
  removeJournal(folder);
  const saved =
    journal.savedState === undefined ? "" : ` The saved state is still in ${journal.savedState.file}.`;
  process.stdout.write(`The replacement is given up.${saved}\n`);
  return code;
}

/** What the owner loses. Undefined if the old server is still there, or the state was restored. */
export function lossOf(
  { replacedId, restoredOn, savedState }: Journal,
  serverId: number | undefined,
): string | undefined {
  if (
    serverId === replacedId ||
    savedState === undefined ||
    (serverId !== undefined && serverId === restoredOn)
  ) {
    return undefined;
  }
  return serverId === undefined
    ? "There is no server now. The next `pulumi up` makes one, and its bot starts without the saved state."
    : "The bot starts on the new server without the saved state.";
}
