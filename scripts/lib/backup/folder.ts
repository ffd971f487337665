import { readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { create } from "tar";
import { detailOf, UserError } from "../command/user-error.ts";

// A folder of a bot that has been running elsewhere, which becomes the bot's state.

/**
 * Looks at everything in a folder, before anything is packed: tar waits forever for some of what isn't a file.
 *
 * @throws UserError if it can't become a state
 */
export function requireAdoptable(folder: string): void {
  const entries = entriesOf(folder);
  if (entries.length === 0) {
    throw new UserError(
      `The folder ${folder} is empty. Copy into it what the bot reads and writes, and run this again.`,
    );
  }
  const others = entries.filter(
    (entry) => !entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink(),
  );
  if (others.length > 0) {
    const shown = others.slice(0, 5).map(({ parentPath, name }) => `  ${join(parentPath, name)}\n`);
    const more = others.length > shown.length ? `  and ${others.length - shown.length} more\n` : "";
    throw new UserError(
      `The folder ${folder} has a socket, a pipe or a device in it:\n${shown.join("")}${more}Remove it, or copy only what the bot reads and writes into another folder: a program makes its sockets and pipes again.`,
    );
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    throw new UserError(`The folder ${folder} can't be read: ${detailOf(error)}`);
  }
}

/** A folder as a gzipped tar. Links stay links. */
export function packed(folder: string): Readable {
  // Both times the same bytes.
  return Readable.from(create({ cwd: folder, gzip: true, portable: true, strict: true }, ["."]));
}
