import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { opened, readSource } from "../backup/source.ts";
import { detailOf, UserError } from "../command/user-error.ts";
import { sha256Of } from "../replacement/archive.ts";
import { moveDurably, type SavedState } from "../replacement/journal.ts";

/** A backup that is restored instead of the state on a server that can't be reached. */
export interface Backup {
  /** What it is, for people. */
  description: string;
  /** When it was made, as the server or the storage knows it. */
  saved: string;
  /** Puts all of it among the stack's saved states, in a folder, as it is sent to the server. */
  keep: (folder: string) => Promise<SavedState>;
}

/** @throws UserError if it isn't a backup of a bot's state and program */
export async function readBackup(path: string, passphraseFile: string | undefined): Promise<Backup> {
  const source = await readSource(path, passphraseFile);
  const { description, saved, sha256 } = source;
  if (saved === undefined) {
    throw new UserError(
      `${path} is a folder. --backup takes a file that \`npm run backup\` has written, or a saved state of the folder saved-state.`,
    );
  }
  const keep = (folder: string) =>
    keepArchive(folder, async (file) => {
      await pipeline(await opened(source), createWriteStream(file, { mode: 0o600, flush: true }));
      if ((await sha256Of(file)) !== sha256) {
        throw new UserError("The backup could not be read to its end. Nothing was changed.");
      }
      return { sha256, saved };
    });
  return { description, saved, keep };
}

/** How old a backup is, for people: "2 h 5 min". */
export function ageText(saved: string, now: number): string {
  const minutes = Math.max(0, Math.floor((now - Date.parse(saved)) / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  const parts = [
    days > 0 ? `${days} d` : "",
    hours > 0 ? `${hours} h` : "",
    days === 0 ? `${minutes % 60} min` : "",
  ];
  return parts.filter(Boolean).join(" ");
}

/**
 * Puts an archive among a stack's saved states: all of it, or no file.
 *
 * @param write writes the archive to a file, and reads it to its end
 */
export async function keepArchive(
  folder: string,
  write: (file: string) => Promise<Omit<SavedState, "file">>,
): Promise<SavedState> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const incomplete = join(folder, "incomplete.tar.gz");
  try {
    // A run that was killed may have left one.
    rmSync(incomplete, { force: true });
    const written = await write(incomplete);
    const file = join(folder, `backup-${written.sha256.slice(0, 12)}.tar.gz`);
    moveDurably(incomplete, file);
    return { file, ...written };
  } catch (error) {
    throw error instanceof UserError
      ? error
      : new UserError(`The backup can't be copied to ${folder}: ${detailOf(error)}. Nothing was changed.`);
  } finally {
    rmSync(incomplete, { force: true });
  }
}
