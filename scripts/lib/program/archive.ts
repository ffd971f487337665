import { createHash } from "node:crypto";
import { createWriteStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { create } from "tar";
import { releaseNameLength } from "./release.ts";

/** The same for all files. Python's zip archives can't hold a time before 1980. */
const mtime = new Date("2000-01-01T00:00:00Z");

/**
 * Packs a folder as a tar that depends on nothing but names, contents and executable bits.
 *
 * @param file where to write it
 * @returns the release's name: a hash of the tar
 */
export async function packProgram(folder: string, file: string): Promise<string> {
  const hash = createHash("sha256");
  const archive = create(
    {
      cwd: folder,
      portable: true,
      mtime,
      noDirRecurse: true,
      strict: true,
      onWriteEntry: ({ stat }) => {
        if (stat) {
          stat.mode = (stat.mode & 0o100) === 0 ? 0o644 : 0o755;
        }
      },
    },
    entriesOf(folder, "."),
  );
  await pipeline(
    Readable.from(archive),
    async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    },
    createWriteStream(file),
  );
  return hash.digest("hex").slice(0, releaseNameLength);
}

/** Paths that start with "./", because tar would read a name with an @ in front as an archive. Links aren't followed. */
function entriesOf(folder: string, within: string): string[] {
  return readdirSync(join(folder, within), { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${within}/${entry.name}`;
      return entry.isDirectory() ? [path, ...entriesOf(folder, path)] : [path];
    });
}
