import { UserError } from "../command/user-error.ts";
import { type MadeServer, readStackState, serverIn, stackNameIn, type StackState } from "../stack/state.ts";
import { type Journal, readJournal, savedStateFolder, writeJournal } from "./journal.ts";
import { type Kind, kindOf } from "./kind.ts";
import { lockReplacement } from "./lock.ts";

/** What a run of `npm run replace` or `npm run rebuild` works with. */
export interface Replacement {
  kind: Kind;
  /** As on the command line; undefined for the selected stack. */
  stack: string | undefined;
  /** --yes. */
  yes: boolean;
  /** Where the stack's saved states are. */
  folder: string;
  state: StackState;
  /** The server in the stack's state; undefined if there is none at the moment. */
  server: MadeServer | undefined;
  /** Undefined if nothing is open. */
  journal: Journal | undefined;
}

/** @throws UserError for a stack that has made nothing */
export async function findReplacement(
  kind: Kind,
  stack: string | undefined,
  yes: boolean,
): Promise<Replacement> {
  const state = await readStackState(stack);
  const name = stackNameIn(state);
  if (name === undefined) {
    throw new UserError("The stack has no server yet. Run `pulumi up`.");
  }
  const folder = savedStateFolder(name);
  lockReplacement(folder);
  return { kind, stack, yes, folder, state, server: serverIn(state), journal: readJournal(folder) };
}

/** @throws UserError if another command must be finished first */
export function requireNoOther({ kind, journal }: Replacement): void {
  if (journal !== undefined && kindOf(journal) !== kind) {
    throw new UserError(openTexts[kindOf(journal)]);
  }
}

/** @throws UserError if a replacement, a rebuild or a failover must be finished first */
export function requireNothingOpen({ journal }: Replacement): void {
  if (journal !== undefined) {
    throw new UserError(openTexts[kindOf(journal)]);
  }
}

const openTexts: Readonly<Record<Kind, string>> = {
  replace:
    "A replacement of the server is open. To continue it: npm run replace. To give it up: npm run replace -- --discard",
  rebuild:
    "A rebuild of the server is open. To continue it: npm run rebuild. To order another server instead, which gets the state that the rebuild has saved: npm run replace -- --instead-of-rebuild",
  failover:
    "A failover is open. To continue it: npm run failover. To give it up: npm run failover -- --discard",
};

/** Writes down how far it is. */
export function note(replacement: Replacement, journal: Journal): Journal {
  writeJournal(replacement.folder, journal);
  replacement.journal = journal;
  return journal;
}

/** Shows progress on standard error: standard output is for results. */
export function report(message: string): void {
  process.stderr.write(`${message}\n`);
}
