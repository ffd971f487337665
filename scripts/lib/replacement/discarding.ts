import { confirm } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { type Journal, removeJournal } from "./journal.ts";
import { texts } from "./kind.ts";
import type { Replacement } from "./replacement.ts";
import { releaseBot } from "./saving.ts";

/** Gives up an open replacement or rebuild: the bot is no longer held. @returns the exit code */
export async function discardReplacement(replacement: Replacement): Promise<number> {
  const { kind, stack, folder, server, journal, yes } = replacement;
  const { name } = texts[kind];
  if (journal === undefined) {
    throw new UserError(`No ${name} is open.`);
  }
  const loss = lossOf(journal, server?.generation);
  if (loss !== undefined) {
    process.stdout.write(`${loss}\n`);
    if (!(await confirm({ text: `Give the ${name} up? Type yes: `, answer: "yes", yes }))) {
      return 1;
    }
  }
  const code = server === undefined ? 0 : await releaseBot(await readStackOutputs(stack));
  if (code === 255) {
    throw new UserError(`The ${name} is still open, because the bot could not be released.`);
  }
  removeJournal(folder);
  const saved =
    journal.savedState === undefined ? "" : ` The saved state is still in ${journal.savedState.file}.`;
  process.stdout.write(`The ${name} is given up.${saved}\n`);
  return code;
}

/** What the owner loses. Undefined if the old system is still there, or the state was restored. */
export function lossOf(
  { replaced, restoredOn, savedState }: Journal,
  generation: string | undefined,
): string | undefined {
  if (
    generation === replaced ||
    savedState === undefined ||
    (generation !== undefined && generation === restoredOn)
  ) {
    return undefined;
  }
  return generation === undefined
    ? "There is no server now. The next `pulumi up` makes one, and its bot starts without the saved state."
    : "The bot starts on the fresh system without the saved state.";
}
