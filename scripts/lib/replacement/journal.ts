import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";

/** A saved state on this computer. */
const savedState = z.object({
  /** Its path. */
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** When it was saved, by the server's clock: "2026-11-26T18:00:00+00:00". */
  saved: z.string(),
});

/** Which system is on a server's disk: `generation` of the server in the stack's state. */
const generation = z.string().regex(/^\d+(?:-\d+)?$/);

/**
 * A replacement or a rebuild that isn't finished. What is done next follows from this and from which server the stack has
 * (phase.ts), so a run that is killed anywhere is continued by the next one.
 */
const journal = z.object({
  version: z.literal(1),
  server: z.object({
    urn: z.string(),
    name: z.string(),
    serverType: z.string(),
    location: z.string(),
    image: z.string(),
  }),
  /** The generation of the system that is replaced. */
  replaced: generation,
  /** With --without-state: nothing is saved, and nothing is restored. */
  withoutState: z.boolean(),
  /** Undefined until it is complete and verified. */
  savedState: savedState.optional(),
  /** The generation of the system on which it was restored. */
  restoredOn: generation.optional(),
  /** Only for a failover. */
  failover: z
    .object({
      from: z.enum(["first", "standby"]),
      to: z.enum(["first", "standby"]),
      /** Hetzner has confirmed that the server is fenced. */
      isFenced: z.boolean(),
      /** With --new-key: the key pair that a person has deleted at Binance, because the server could not be fenced. */
      deletedKeyPair: z.string().optional(),
    })
    .optional(),
  /** Only for a rebuild. */
  rebuild: z
    .object({
      image: z.string(),
      /** What the server's generation becomes. */
      generation,
      /** The server's last action at Hetzner before it, so that a later run knows whether the rebuild has begun. */
      lastAction: z.int().nonnegative(),
      /** Whether Hetzner's protection was lifted for it, and must be restored. */
      wasProtected: z.boolean(),
      /** Hetzner has finished it. */
      isDone: z.boolean(),
      /** Hetzner has finished an earlier one, so that the old system is gone. */
      isAgain: z.boolean(),
    })
    .optional(),
});

/** Until version 0.5.0, a generation was the id of a server, as a number. */
const ofVersion05 = z
  .looseObject({ replacedId: z.int().positive(), restoredOn: z.int().positive().optional() })
  .transform(({ replacedId, restoredOn, ...rest }) => ({
    ...rest,
    replaced: String(replacedId),
    ...(restoredOn !== undefined && { restoredOn: String(restoredOn) }),
  }));

export type Journal = z.output<typeof journal>;
export type SavedState = z.output<typeof savedState>;

/** The folder with a stack's saved states and its journal, in the project's folder. git ignores it. */
export function savedStateFolder(stackName: string): string {
  return join("saved-state", stackName);
}

/**
 * @returns undefined if no replacement and no rebuild is open
 * @throws UserError if the file can't be used
 */
export function readJournal(folder: string): Journal | undefined {
  const file = journalFile(folder);
  if (!existsSync(file)) {
    return undefined;
  }
  const content = parseJson(readFileSync(file, "utf8"));
  const result = journal.safeParse(ofVersion05.safeParse(content).data ?? content);
  if (!result.success) {
    throw new UserError(
      `${file} can't be read. A newer version of this program may have written it. If you don't need it, move it away; the saved states beside it stay.`,
    );
  }
  return result.data;
}

/** Replaces the journal, whole or not at all, so that not even a power failure leaves a half-written one. */
export function writeJournal(folder: string, content: Journal): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = journalFile(folder);
  const staged = `${file}.staged`;
  writeFileSync(staged, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true });
  moveDurably(staged, file);
}

/** Ends the replacement. The saved states stay. */
export function removeJournal(folder: string): void {
  rmSync(journalFile(folder), { force: true });
  syncFolder(folder);
}

/** Renames a file whose content is on the disk already, within its folder. */
export function moveDurably(from: string, to: string): void {
  renameSync(from, to);
  syncFolder(dirname(to));
}

function journalFile(folder: string): string {
  return join(folder, "replacement.json");
}

function syncFolder(folder: string): void {
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
