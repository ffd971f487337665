import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Access, accessFrom, ownTag, reaching, remedyFor } from "../backup/restic.ts";
import { parseStored, type StoredBackup } from "../backup/stored.ts";
import { UserError } from "../command/user-error.ts";
import { capture, stream } from "../process/run.ts";
import { readManifest } from "../replacement/archive.ts";
import type { SavedState } from "../replacement/journal.ts";
import { report } from "../replacement/replacement.ts";
import { readValues } from "../stack/settings.ts";
import { type Backup, keepArchive } from "./from-backup.ts";

/** restic itself goes on for a quarter of an hour. In milliseconds. */
const listingLimit = 2 * 60_000;
/** How many bytes a list may have: thousands of backups. */
const longestList = 16 * 2 ** 20;
/** What root_tools/restic.py calls the archive in each backup. */
const archive = "/bot.tar";
const otherKeys = "Set those that it has given you";

/**
 * The last backup that the stack's server has stored off the server, which restic on this computer reads.
 *
 * @param server its name
 * @returns undefined if the settings have no storage
 * @throws UserError if it has none, or can't be read
 */
export async function lastStored(stack: string | undefined, server: string): Promise<Backup | undefined> {
  const values = await readValues(stack);
  const repository = values["backup:repository"];
  if (repository === undefined) {
    return undefined;
  }
  const access = accessFrom(values, process.env);
  report(`The server doesn't answer. Looking for its last backup in ${repository}`);
  const [last] = await listed(access, server);
  if (last === undefined) {
    throw new UserError(`The server ${server} has stored no backup in ${repository}.`);
  }
  const { id, time } = last;
  const saved = time.toISOString();
  return {
    description: `the last backup in ${repository}, ${id.slice(0, 8)}, which was made at ${saved}`,
    saved,
    keep: (folder) => fetched(access, id, folder),
  };
}

/** The server's backups, the latest first. */
async function listed(access: Access, server: string): Promise<StoredBackup[]> {
  const { environment } = access;
  const signal = AbortSignal.timeout(listingLimit);
  const args = ["snapshots", "--json", "--no-lock", `--host=${server}`, ownTag];
  const { code, stdout, stderr } = await reaching(access, (options) =>
    capture("restic", [...options, ...args], { environment, signal, limit: longestList }),
  );
  if (signal.aborted) {
    throw new UserError(
      `The storage of the backups hasn't answered for ${listingLimit / 60_000} minutes.${reported(stderr)}`,
    );
  }
  const found = code === 0 ? parseStored(stdout) : undefined;
  if (found === undefined) {
    throw new UserError(
      `The stored backups can't be listed.${reported(stderr)}\n${remedyFor(stderr, otherKeys)}`,
    );
  }
  return found;
}

function reported(stderr: string): string {
  const said = stderr.trim();
  return said === "" ? "" : ` restic reported:\n${said}`;
}

/** Copies a stored backup to this computer, and reads it to its end. */
async function fetched(access: Access, id: string, folder: string): Promise<SavedState> {
  const { environment } = access;
  report("Copying that backup to this computer");
  return keepArchive(folder, async (file) => {
    const plain = new PassThrough();
    // A failed write ends restic.
    const written = pipeline(plain, createGzip(), createWriteStream(file, { mode: 0o600, flush: true }));
    written.catch(() => undefined);
    const printed: Buffer[] = [];
    const code = await reaching(access, (options) =>
      stream("restic", [...options, "dump", "--no-lock", id, archive], {
        environment,
        output: plain,
        onStderr: (chunk) => printed.push(chunk),
        labels: { stdout: "", stderr: "restic: " },
      }),
    );
    if (code !== 0) {
      plain.destroy();
      throw new UserError(
        `The backup could not be copied. Nothing was changed. ${remedyFor(Buffer.concat(printed).toString(), otherKeys)}`,
      );
    }
    plain.end();
    await written;
    const hash = createHash("sha256");
    const { saved } = await readManifest("The stored backup", createReadStream(file), hash);
    return { sha256: hash.digest("hex"), saved };
  });
}
