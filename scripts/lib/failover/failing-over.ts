import { fingerprint } from "../../../binance/key-pair.ts";
import type { HetznerClient } from "../../../hetzner/client.ts";
import { HetznerError } from "../../../hetzner/failure.ts";
import { deleteFenced, findFenced } from "../../../hetzner/fence.ts";
import { lookAtOrder } from "../../../hetzner/order.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { holdAndSave, saveAgain } from "../replacement/holding.ts";
import { hintWhenInterrupted, install } from "../replacement/installing.ts";
import { phaseOf } from "../replacement/phase.ts";
import { requirePreview } from "../replacement/preview.ts";
import { note, type Replacement, report } from "../replacement/replacement.ts";
import { recorded } from "../replacement/replacing.ts";
import { deleteUnfinished, requireNoOtherRun } from "../replacement/unfinished-order.ts";
import { NoConnection, runRemotely } from "../ssh/remote.ts";
import { editState, exportState } from "../stack/edited-state.ts";
import { hetznerClient } from "../stack/hetzner.ts";
import { readStackOutputs } from "../stack/outputs.ts";
import { readKeyPair } from "../stack/settings.ts";
import {
  activeAddressIn,
  type Address,
  addressIn,
  readStackState,
  serverIn,
  spareAddressIn,
  type StackState,
} from "../stack/state.ts";
import { type FailoverJournal, requireFenced, stackLabelsIn } from "./fencing.ts";
import { ageText, type Backup, readBackup } from "./from-backup.ts";
import { lastStored } from "./from-storage.ts";
import { movedTo } from "./moved-state.ts";
import { isWanted, type StateSource } from "./question.ts";
import { requireRoom } from "./room.ts";

export interface FailoverOptions {
  /** To the first address. */
  back: boolean;
  backup: string | undefined;
  passphraseFile: string | undefined;
  withoutState: boolean;
  newKey: boolean;
}

/** Begins a failover. @returns the exit code */
export async function startFailover(replacement: Replacement, options: FailoverOptions): Promise<number> {
  const { server, state } = replacement;
  const from = activeAddressIn(state);
  const to = options.back ? "first" : "standby";
  if (server === undefined) {
    throw new UserError("The stack has no server. `pulumi up` makes one at its address.");
  }
  if (from === to) {
    process.stdout.write(`${forStack(thereAlready[to], replacement.stack)}\n`);
    return 0;
  }
  requireSpareAddress(state);
  const journal: FailoverJournal = {
    version: 1,
    server: recorded(server),
    replaced: server.generation,
    withoutState: false,
    failover: { from, to, isFenced: false },
  };
  return leaveServer(replacement, journal, options);
}

/** Goes on where an earlier run was interrupted. @returns the exit code */
export async function continueFailover(
  replacement: Replacement,
  journal: FailoverJournal,
  options: FailoverOptions,
): Promise<number> {
  report(`Continuing the failover of the server ${journal.server.name}.`);
  hintWhenInterrupted(replacement);
  switch (phaseOf(journal, replacement.server?.generation)) {
    case "lost":
      throw new UserError(
        `The server ${journal.server.name} was replaced or deleted by something else before its state was copied. To give this failover up: npm run failover -- --discard`,
      );
    case "save":
    case "renew":
      return leaveServer(replacement, journal, options);
    case "order":
    case "restore":
    case "start":
      return takeOver(replacement, await withNewKey(replacement, journal, options));
  }
}

const thereAlready = {
  first: "The server is at the first address already. To move it to the standby address: npm run failover",
  standby:
    "The server is at the standby address already. To go back to the first one: npm run failover -- --back",
};

function requireSpareAddress(state: StackState): void {
  if (spareAddressIn(state) === undefined) {
    throw new UserError(
      "The stack has no standby address. Reserve one at a location that can be reached, run pulumi up, and add the address to the key's whitelist at Binance: pulumi config set standby LOCATION",
    );
  }
}

/** Copies the state, fences the server, and writes to the stack's state that the next one has the other address. */
async function leaveServer(
  replacement: Replacement,
  begun: FailoverJournal,
  options: FailoverOptions,
): Promise<number> {
  const { stack, state } = replacement;
  const target = spareAddressIn(state);
  if (target === undefined) {
    throw new UserError("The stack has no other address in its state. Run `pulumi up`, and then this again.");
  }
  const client = await hetznerClient(stack);
  // Before anything is changed: a state that can't be edited would leave the bot off.
  movedTo(await exportState(stack), begun.failover.to);
  let journal = begun;
  if (!begun.failover.isFenced) {
    const source = await sourceOf(replacement, begun, options);
    if (source === "server" && begun.failover.to === "first") {
      await requireRoom(stack, state);
    }
    // The server can be dead, so a preview of its commands is all that can be tried.
    await requirePreview(stack, []);
    if (source !== undefined && !(await isWanted(replacement, begun, { target, source, client }))) {
      process.stdout.write("Nothing was changed.\n");
      return 1;
    }
    hintWhenInterrupted(replacement);
    journal = await keepState(replacement, begun, source);
  }
  journal = await withNewKey(replacement, journal, options);
  await freeTarget(replacement, client);
  journal = await requireFenced(replacement, journal, client);
  await editState(stack, (exported) => movedTo(exported, journal.failover.to));
  const after = await readStackState(stack);
  return takeOver({ ...replacement, state: after, server: serverIn(after) }, journal, true);
}

/** @returns undefined if an earlier run has a state already, and asked */
async function sourceOf(
  { stack }: Replacement,
  { server, savedState, withoutState }: FailoverJournal,
  options: FailoverOptions,
): Promise<StateSource | undefined> {
  if (savedState !== undefined || withoutState) {
    return undefined;
  }
  if (options.withoutState) {
    return "none";
  }
  const problem = await connectionProblem(stack);
  if (problem === undefined) {
    return "server";
  }
  if (options.backup !== undefined) {
    return readBackup(options.backup, options.passphraseFile);
  }
  const stored = await lastBackup(stack, server.name, problem);
  if (stored === undefined) {
    throw new UserError(`${problem}\n${withoutServer}`);
  }
  return stored;
}

const withoutServer =
  "The bot's state can't be copied from this server. Nothing was changed. To go on with a backup, such as one of `npm run backup`: npm run failover -- --backup FILE. To go on without any state: npm run failover -- --without-state";

/** @param problem why the server doesn't answer */
async function lastBackup(
  stack: string | undefined,
  server: string,
  problem: string,
): Promise<Backup | undefined> {
  try {
    return await lastStored(stack, server);
  } catch (error) {
    throw error instanceof UserError
      ? new UserError(`${problem}\n${error.message}\n${withoutServer}`)
      : error;
  }
}

/** @returns undefined if the server answers */
async function connectionProblem(stack: string | undefined): Promise<string | undefined> {
  try {
    await runRemotely(await readStackOutputs(stack), "true", { minutes: 1 });
    return undefined;
  } catch (error) {
    if (!(error instanceof NoConnection)) {
      throw error;
    }
    return error.message;
  }
}

async function keepState(
  replacement: Replacement,
  journal: FailoverJournal,
  source: StateSource | undefined,
): Promise<FailoverJournal> {
  const { failover } = journal;
  if (source === undefined) {
    return { ...(await saveAgain(replacement, journal)), failover };
  }
  if (source === "none") {
    const without = { ...journal, withoutState: true };
    note(replacement, without);
    return without;
  }
  if (source === "server") {
    return { ...(await holdAndSave(replacement, journal)), failover };
  }
  const saved = { ...journal, savedState: await source.keep(replacement.folder) };
  note(replacement, saved);
  return saved;
}

/** With --new-key: the settings must have another pair, and a person must have deleted the old one. */
async function withNewKey(
  replacement: Replacement,
  journal: FailoverJournal,
  { newKey }: FailoverOptions,
): Promise<FailoverJournal> {
  if (!newKey || journal.failover.deletedKeyPair !== undefined) {
    return journal;
  }
  const { stack, yes } = replacement;
  const [{ liveKeyPair = "none" }, pair] = await Promise.all([readStackOutputs(stack), readKeyPair(stack)]);
  if (pair === undefined || fingerprint(pair) === liveKeyPair) {
    throw new UserError(
      `The settings still have the key pair ${liveKeyPair}, which is on the old server. Delete it at Binance, create a new one, and set both values first:\n  pulumi config set --secret binance:apiKey\n  pulumi config set --secret binance:apiSecret`,
    );
  }
  const text = `Have you deleted the key with the pair ${liveKeyPair} at Binance, and seen that it is gone from API Management? Type deleted: `;
  if (!(await confirm({ text, answer: "deleted", yes }))) {
    throw new UserError("The failover is still open. Delete the key first, and then run this again.");
  }
  const confirmed = { ...journal, failover: { ...journal.failover, deletedKeyPair: liveKeyPair } };
  note(replacement, confirmed);
  return confirmed;
}

/** The server of an earlier failover has the name and the address that are needed now. It was shown, and has no bot that runs. */
async function freeTarget(replacement: Replacement, client: HetznerClient): Promise<void> {
  const labels = stackLabelsIn(replacement.state);
  const current = Number.parseInt(replacement.server?.generation ?? "0", 10);
  const fenced = await findFenced(client, labels);
  const earlier = fenced.find(({ kind, id }) => kind === "server" && id !== current);
  // If this run has fenced the current one already, nothing of an earlier failover is left.
  if (earlier === undefined || fenced.some(({ kind, id }) => kind === "server" && id === current)) {
    return;
  }
  report(`Deleting the server ${earlier.name} (${earlier.id}), which an earlier failover has fenced`);
  await deleteFenced(client, labels);
}

/** Orders the server at the other address, restores the state there, checks the key, and starts the bot. */
async function takeOver(
  replacement: Replacement,
  journal: FailoverJournal,
  isJustFenced = false,
): Promise<number> {
  const { stack, state } = replacement;
  const client = await hetznerClient(stack);
  const address = addressIn(state);
  // A person may have switched the old server on since.
  const fenced = isJustFenced ? journal : await requireFenced(replacement, journal, client);
  if (replacement.server === undefined && address !== undefined) {
    await deleteInterruptedOrder(replacement, fenced, address, client);
  }
  const code = await install(replacement, fenced);
  process.stdout.write(forStack(endText(fenced, address), stack));
  return code;
}

async function deleteInterruptedOrder(
  { stack }: Replacement,
  { server }: FailoverJournal,
  address: Address,
  client: HetznerClient,
): Promise<void> {
  const wanted = {
    name: server.name,
    addressName: address.name,
    image: server.image,
    serverType: server.serverType,
    location: address.location,
    locations: [address.location],
  };
  const { server: existing } = await lookAtOrder(client, wanted).catch((error: unknown) => {
    throw error instanceof HetznerError ? new UserError(error.message) : error;
  });
  if (existing !== undefined) {
    await requireNoOtherRun(stack, address);
    report(`Deleting the server ${existing.id}, which an earlier run has ordered before it was killed`);
    await deleteUnfinished(client, existing.id, address);
  }
}

function endText({ failover, server, savedState }: FailoverJournal, address: Address | undefined): string {
  const wayBack =
    failover.to === "standby"
      ? "To go back to the first address, which deletes the fenced server: npm run failover -- --back"
      : "To move to the standby address again: npm run failover";
  return [
    `The bot's address is ${address?.ipAddress ?? ""} now, the ${failover.to === "first" ? "first" : "standby"} address. The other one stays reserved, so keep both in the key's whitelist.`,
    ...(savedState === undefined
      ? []
      : [`The restored state is of ${savedState.saved}, ${ageText(savedState.saved, Date.now())} ago.`]),
    `The server in ${server.location} is fenced, and Hetzner bills it as before. To delete it with its disk: npm run failover -- --remove-fenced`,
    wayBack,
    "",
  ].join("\n");
}
