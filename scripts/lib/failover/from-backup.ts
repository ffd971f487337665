import { createWriteStream, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { opened, readSource, type Source } from "../backup/source.ts";
import { UserError } from "../command/user-error.ts";
import { sha256Of } from "../replacement/archive.ts";
import { moveDurably, type SavedState } from "../replacement/journal.ts";

/** A backup that is restored instead of the state on a server that can't be reached. */
export type Backup = Source & { saved: string };

/** @throws UserError if it isn't a backup of a bot's state and program */
export async function readBackup(path: string, passphraseFile: string | undefined): Promise<Backup> {
  const source = await readSource(path, passphraseFile);
  if (source.saved === undefined) {
    throw new UserError(
      `${path} is a folder. --backup takes a file that \`npm run backup\` has written, or a saved state of the folder saved-state.`,
    );
  }
  return { ...source, saved: source.saved };
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

/** Puts a backup among the stack's saved states, as it is sent to the server. */
export async function keepBackup(backup: Backup, folder: string): Promise<SavedState> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const incomplete = join(folder, "incomplete.tar.gz");
  try {
    rmSync(incomplete, { force: true });
    await pipeline(await opened(backup), createWriteStream(incomplete, { mode: 0o600, flush: true }));
    if ((await sha256Of(incomplete)) !== backup.sha256) {
      throw new UserError("The backup could not be read to its end. Nothing was changed.");
    }
    const file = join(folder, `backup-${backup.sha256.slice(0, 12)}.tar.gz`);
    moveDurably(incomplete, file);
    return { file, sha256: backup.sha256, saved: backup.saved };
  } finally {
    rmSync(incomplete, { force: true });
  }
}
