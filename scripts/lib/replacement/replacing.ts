import { backupHint } from "../backup/hint.ts";
import { confirm } from "../command/ask.ts";
import { forStack } from "../command/for-stack.ts";
import { UserError } from "../command/user-error.ts";
import { hetznerClient } from "../stack/hetzner.ts";
import { readSetting } from "../stack/settings.ts";
import { addressIn, type MadeServer, monthlyCostIn, type Volume, volumeIn } from "../stack/state.ts";
import { holdAndSave, saveAgain } from "./holding.ts";
import { hintWhenInterrupted, install } from "./installing.ts";
import type { Journal } from "./journal.ts";
import { lookAtReplacement } from "./look.ts";
import { phaseOf } from "./phase.ts";
import { requirePreview } from "./preview.ts";
import { note, type Replacement, report } from "./replacement.ts";
import { deleteUnfinished, requireNoOtherRun } from "./unfinished-order.ts";

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
    server: recorded(server),
    replaced: server.generation,
    withoutState,
  };
  if (!(await isWanted(replacement, journal))) {
    return 1;
  }
  hintWhenInterrupted(replacement);
  return replaceServer(replacement, withoutState ? journal : await holdAndSave(replacement, journal));
}

/** What a journal keeps of a server. */
export function recorded({ urn, name, serverType, location, image }: MadeServer): Journal["server"] {
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
  switch (phaseOf(current, replacement.server?.generation)) {
    case "lost":
      throw new UserError(
        `The server ${name} was replaced or deleted by something else before its state was saved. To give this replacement up: npm run replace -- --discard`,
      );
    case "save":
      return (await isWanted(replacement, current))
        ? replaceServer(replacement, await holdAndSave(replacement, current))
        : 1;
    case "renew":
      return (await isWanted(replacement, current))
        ? replaceServer(replacement, await saveAgain(replacement, current))
        : 1;
    case "order":
      await requireOrder(replacement, current);
      return install(replacement, current);
    case "restore":
    case "start":
      // An earlier run may have been killed before everything was installed.
      return install(replacement, current);
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
      journal.withoutState ? withoutSaving(volumeIn(state)) : withSaving(volumeIn(state)),
      ...(journal.withoutState ? [] : [forStack(backupHint, stack)]),
      ...(isMade ? [forStack(keyEnds, stack)] : []),
      ...(stack === undefined ? [] : [`Stack: ${stack}.`]),
      "",
    ].join("\n"),
  );
  return confirm({ text: `Replace the server ${name}? Type yes: `, answer: "yes", yes });
}

/** Which copies of the state come along: root_tools/carried_copies.py. */
const withCopies =
  "So are the copies of the state that a roll-back and `npm run restore -- --undo` need, and those that you have named. Older ones are lost with the disk.";

/** What becomes of the bot's state and program. A state on a volume stays there. */
export function withSaving(volume: Volume | undefined): string {
  return volume === undefined
    ? `The bot's state and program are saved to this computer first, and restored. ${withCopies}`
    : `The bot's state and the copies of it stay on the volume ${volume.name}, unless stateVolume is none. Everything else is saved to this computer first, and restored.`;
}

/** The same with --without-state. */
export function withoutSaving(volume: Volume | undefined): string {
  return volume === undefined
    ? "THE BOT'S STATE IS NOT SAVED: its records, such as those of open orders, and its program are lost."
    : `THE BOT'S PROGRAM IS NOT SAVED. Its state is lost as well if it isn't on the volume ${volume.name}.`;
}

async function look({ stack, state }: Replacement, journal: Journal) {
  const [client, serverType] = await Promise.all([hetznerClient(stack), readSetting(stack, "serverType")]);
  return lookAtReplacement(client, journal.server, serverType, addressIn(state)?.name);
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

async function replaceServer(replacement: Replacement, journal: Journal): Promise<number> {
  note(replacement, journal);
  return install(replacement, journal, replaceFlags(replacement, journal));
}

/** With the order itself, so that its written-down price becomes today's. */
function replaceFlags({ state }: Replacement, { server }: Journal): string[] {
  const orders = state.resources.filter(
    ({ type, urn }) => type === "command:local:Command" && urn.endsWith("::order"),
  );
  return [server.urn, ...orders.map(({ urn }) => urn)].flatMap((urn) => ["--replace", urn]);
}
