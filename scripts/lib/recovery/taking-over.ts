import { HetznerClient } from "../../../hetzner/client.ts";
import { testedImage } from "../../../hetzner/image.ts";
import type { Item } from "../../../hetzner/inventory.ts";
import { isRebuildProtected, lastActionOf, rebuild, setRebuildProtection } from "../../../hetzner/rebuild.ts";
import { readServer } from "../../../hetzner/server.ts";
import { requireNotInterrupted } from "../process/uninterrupted.ts";
import { type Journal, readJournal, savedStateFolder, writeJournal } from "../replacement/journal.ts";
import { holdBot, saveState, sizeOf } from "../replacement/saving.ts";
import { keysIn, keysOrNone, type StackKeys } from "../rotation/keys.ts";
import { editState, exportState } from "../stack/edited-state.ts";
import { projectName } from "../stack/settings.ts";
import { withNewKeys } from "./key-records.ts";
import { ownLogin } from "./own-login.ts";
import type { Recovery } from "./plan.ts";
import { userDataFor } from "./server-import.ts";

// A server whose keys are lost stays the stack's: its disk gets a fresh system with new keys. What its bot has stored is saved
// before, and `npm run rebuild` restores it, as after a rebuild that was interrupted.

/** Whether the bot's state is saved before the disk is erased, or was saved by an earlier run. */
export function hasSavedState({ name }: Recovery, { id }: Item): boolean {
  return journalOf(name, id)?.savedState !== undefined;
}

/** Of an earlier run for the same server. */
function journalOf(name: string, id: number): Journal | undefined {
  const journal = readJournal(savedStateFolder(name));
  return journal?.rebuild?.generation === String(id) ? journal : undefined;
}

/**
 * Stops the bot and saves its state and program with the owner's own login key. The bot stays off.
 *
 * @throws UserError; nothing was erased
 */
export async function saveAsOwner(
  { name, access }: Recovery,
  { id, ip, name: serverName }: Item,
  report: (line: string) => void,
): Promise<void> {
  const login = ownLogin(ip ?? "");
  const client = new HetznerClient(access);
  const { server_type, location } = await readServer(client, id);
  const folder = savedStateFolder(name);
  report("Stopping the bot");
  await holdBot(login);
  report("Saving its state and program to this computer");
  const savedState = await saveState(login, folder, "rebuild");
  report(`Saved: ${savedState.file}, ${sizeOf(savedState.file)}`);
  writeJournal(folder, {
    version: 1,
    server: {
      urn: `${urnPrefix(name)}::trading-bot-server:index:BotServer$hcloud:index/server:Server::server`,
      name: serverName,
      serverType: server_type.name,
      location: location.name,
      image: testedImage,
    },
    // The system that is erased. No stack knows it, so it is none of the state's generations.
    replaced: `${id}-0`,
    withoutState: false,
    savedState,
    rebuild: {
      image: testedImage,
      generation: String(id),
      lastAction: await lastActionOf(client, id),
      wasProtected: false,
      isDone: false,
      isAgain: false,
    },
  });
}

/** Gives a server a fresh system that lets in the stack's keys, which are made if the state has none. */
export async function rebuildWithKeys(
  recovery: Recovery,
  { id, name: serverName }: Item,
  report: (line: string) => void,
): Promise<StackKeys> {
  const { access, name } = recovery;
  const keys = await ensureKeys(recovery, report);
  requireNotInterrupted("Interrupted. To continue: npm run recover");
  const client = new HetznerClient(access);
  const isProtected = await isRebuildProtected(client, id);
  if (isProtected) {
    await setRebuildProtection(client, id, false);
  }
  report(`Installing ${testedImage} on the disk of the server ${serverName}`);
  const journal = journalOf(name, id);
  const after = journal?.rebuild?.lastAction ?? (await lastActionOf(client, id));
  await rebuild(client, id, { image: testedImage, userData: userDataFor(keys), after });
  if (isProtected) {
    await setRebuildProtection(client, id, true);
  }
  if (journal?.rebuild !== undefined) {
    writeJournal(savedStateFolder(name), { ...journal, rebuild: { ...journal.rebuild, isDone: true } });
  }
  return keys;
}

/** The keys in the state; new ones if it has none. */
async function ensureKeys({ stack, name }: Recovery, report: (line: string) => void): Promise<StackKeys> {
  const present = keysOrNone(await exportState(stack));
  if (present !== undefined) {
    return present;
  }
  report("Making new SSH keys");
  await editState(stack, (state) => withNewKeys(state, urnPrefix(name)));
  return keysIn(await exportState(stack));
}

/** What the URNs of a stack's resources begin with. */
export function urnPrefix(stackName: string): string {
  return `urn:pulumi:${stackName}::${projectName()}`;
}
