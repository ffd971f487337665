import type { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { isRebuildProtected, lastActionOf, rebuild, setRebuildProtection } from "../../../hetzner/rebuild.ts";
import { explained } from "../../../hetzner/refusals.ts";
import { UserError } from "../command/user-error.ts";
import { holdAndSave, saveAgain } from "../replacement/holding.ts";
import { hintWhenInterrupted, install } from "../replacement/installing.ts";
import type { Journal } from "../replacement/journal.ts";
import { texts } from "../replacement/kind.ts";
import { nextGeneration, phaseOf } from "../replacement/phase.ts";
import { note, type Replacement, report } from "../replacement/replacement.ts";
import { recorded } from "../replacement/replacing.ts";
import { generateKeyPair } from "../ssh/key.ts";
import { editState, exportState } from "../stack/edited-state.ts";
import type { ExportedState } from "../stack/exported-state.ts";
import { hetznerClient } from "../stack/hetzner.ts";
import type { MadeServer } from "../stack/state.ts";
import { type FreshSystem, userDataIn, withInitialHostKey, withSystem } from "./fresh-system.ts";
import { isWanted } from "./question.ts";

const { toContinue } = texts.rebuild;

export type RebuildJournal = Journal & { rebuild: NonNullable<Journal["rebuild"]> };

/** Begins a rebuild. @returns the exit code */
export async function startRebuild(
  replacement: Replacement,
  image: string,
  withoutState: boolean,
): Promise<number> {
  const { server } = replacement;
  if (server === undefined) {
    throw new UserError("The stack has no server. `pulumi up` makes one at its address.");
  }
  const generation = nextGeneration(server.generation);
  const journal: RebuildJournal = {
    version: 1,
    server: recorded(server),
    replaced: server.generation,
    withoutState,
    rebuild: { image, generation, lastAction: 0, wasProtected: false, isDone: false, isAgain: false },
  };
  return askAndRebuild(replacement, server, journal);
}

/** Which parts of an open rebuild are not done as before. */
interface Continuation {
  withoutState: boolean;
  /** Rebuild once more, because the fresh system can't be set up. */
  again: boolean;
}

/** Goes on where an earlier run was interrupted. @returns the exit code */
export async function continueRebuild(
  replacement: Replacement,
  journal: RebuildJournal,
  { withoutState, again }: Continuation,
): Promise<number> {
  const { server } = replacement;
  const { name } = journal.server;
  report(`Continuing the rebuild of the server ${name}.`);
  const current: RebuildJournal =
    withoutState && journal.savedState === undefined ? { ...journal, withoutState } : journal;
  const phase = phaseOf(current, server?.generation);
  if (phase === "lost" || phase === "order" || server === undefined) {
    throw new UserError(
      journal.savedState === undefined
        ? `The server ${name} was replaced or deleted by something else before its state was saved. To give this rebuild up: npm run rebuild -- --discard`
        : `The server ${name} was deleted by something else. To order another one, which gets the saved state: npm run replace -- --instead-of-rebuild`,
    );
  }
  // Once the state has the fresh system, the disk may be gone. Then there is nothing left to ask.
  if (server.generation === journal.replaced) {
    return askAndRebuild(replacement, server, current);
  }
  hintWhenInterrupted(replacement);
  if (again && journal.restoredOn === server.generation) {
    throw new UserError(
      "The saved state is restored on the fresh system already. To continue: npm run rebuild",
    );
  }
  if (again && phase !== "renew") {
    return beginRebuild(replacement, server, onceMore(current, server));
  }
  if (phase === "renew") {
    return server.generation === current.rebuild.generation
      ? rebuildServer(replacement, server, current)
      : beginRebuild(replacement, server, current);
  }
  // An earlier run may have been killed before everything was installed.
  return install(replacement, current);
}

/** The next rebuild after one that Hetzner has finished. The saved state stays what it is. */
function onceMore(journal: RebuildJournal, { generation }: MadeServer): RebuildJournal {
  const rebuild = {
    ...journal.rebuild,
    generation: nextGeneration(generation),
    isDone: false,
    isAgain: true,
  };
  return { ...journal, rebuild };
}

async function askAndRebuild(
  replacement: Replacement,
  server: MadeServer,
  journal: RebuildJournal,
): Promise<number> {
  const client = await hetznerClient(replacement.stack);
  // Before anything is changed: a state that can't be edited would leave the bot off.
  renewed(await exportState(replacement.stack), journal.rebuild);
  if (!(await isWanted(replacement, journal, client))) {
    return 1;
  }
  hintWhenInterrupted(replacement);
  return beginRebuild(replacement, server, await saveIfWanted(replacement, journal));
}

/** Writes to the stack's state what the fresh system shows at the first contact, and then rebuilds the server. */
async function beginRebuild(
  replacement: Replacement,
  server: MadeServer,
  journal: RebuildJournal,
): Promise<number> {
  const client = await hetznerClient(replacement.stack);
  const lastAction = await atHetzner(() => lastActionOf(client, server.id));
  const ready = noteRebuild(replacement, journal, { lastAction });
  await editState(replacement.stack, (state) => renewed(state, ready.rebuild));
  return rebuildServer(replacement, server, ready);
}

async function saveIfWanted(replacement: Replacement, journal: RebuildJournal): Promise<RebuildJournal> {
  if (journal.withoutState) {
    return journal;
  }
  const { rebuild } = journal;
  const saved =
    journal.savedState === undefined
      ? await holdAndSave(replacement, journal)
      : await saveAgain(replacement, journal);
  return { ...saved, rebuild };
}

/** The state of a stack whose server has a fresh system, with an initial host key that nobody has seen yet. */
function renewed(state: ExportedState, system: FreshSystem): ExportedState {
  return withInitialHostKey(withSystem(state, system), generateKeyPair("initial-host-key"));
}

/** The state has the fresh system, and what it shows at the first contact. */
async function rebuildServer(
  replacement: Replacement,
  { id }: MadeServer,
  journal: RebuildJournal,
): Promise<number> {
  const { stack } = replacement;
  const { image, lastAction } = journal.rebuild;
  const client = await hetznerClient(stack);
  const userData = userDataIn(await exportState(stack));
  const done = await atHetzner(async () => {
    const unprotected = await liftProtection(replacement, journal, client, id);
    report(`Installing ${image} on the server's disk`);
    await rebuild(client, id, { image, userData, after: lastAction });
    if (unprotected.rebuild.wasProtected) {
      await setRebuildProtection(client, id, true);
    }
    return noteRebuild(replacement, unprotected, { isDone: true });
  });
  return install(replacement, done);
}

async function liftProtection(
  replacement: Replacement,
  journal: RebuildJournal,
  client: HetznerClient,
  id: number,
): Promise<RebuildJournal> {
  if (!(await isRebuildProtected(client, id))) {
    return journal;
  }
  const noted = noteRebuild(replacement, journal, { wasProtected: true });
  await setRebuildProtection(client, id, false);
  return noted;
}

function noteRebuild(
  replacement: Replacement,
  journal: RebuildJournal,
  changes: Partial<RebuildJournal["rebuild"]>,
): RebuildJournal {
  const next = { ...journal, rebuild: { ...journal.rebuild, ...changes } };
  note(replacement, next);
  return next;
}

/** @throws UserError that says that the bot is off, and how to go on */
async function atHetzner<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    throw new UserError(
      `The server was not rebuilt yet. ${explained(error).message}\nThe bot stays off until the rebuild is finished or given up. ${toContinue}`,
    );
  }
}
