import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { basename } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { detailOf, UserError } from "../command/user-error.ts";
import { readManifest } from "../replacement/archive.ts";
import { ageHeader, decrypt } from "./encryption.ts";
import { packed, requireAdoptable } from "./folder.ts";
import { knownPassphrase } from "./passphrase.ts";

/** What is restored. It is read twice: once to check all of it, and once to send it. */
export interface Source {
  /** What it is, for people. */
  description: string;
  /** The command of the server's tool bot-backup that takes it. */
  command: "restore" | "adopt";
  /** When it was saved, by the server's clock; undefined for a folder. */
  saved?: string;
  /** Of what is sent. */
  sha256: string;
  /** A new stream of it. */
  open: () => Promise<Readable>;
}

/**
 * Finds out what a path holds: an encrypted backup, a state that `npm run replace` has saved, or a folder.
 *
 * @throws UserError if it can't be restored
 */
export async function readSource(path: string, passphraseFile: string | undefined): Promise<Source> {
  const kind = kindOf(path);
  if (kind === "folder") {
    requireAdoptable(path);
    const open = () => Promise.resolve(packed(path));
    return {
      description: `the files in the folder ${path}`,
      command: "adopt",
      sha256: await sha256Of(path, await open()),
      open,
    };
  }
  if (kind === "encrypted") {
    const passphrase = await knownPassphrase(passphraseFile);
    return archive(path, () => decrypt(path, passphrase));
  }
  return archive(path, () => Promise.resolve(createReadStream(path)));
}

async function archive(path: string, open: () => Promise<Readable>): Promise<Source> {
  const hash = createHash("sha256");
  const { saved } = await readManifest(path, await open(), hash);
  return {
    description: `the backup ${basename(path)}, which was made at ${saved}`,
    command: "restore",
    saved,
    sha256: hash.digest("hex"),
    open,
  };
}

function kindOf(path: string): "folder" | "encrypted" | "archive" {
  try {
    if (statSync(path).isDirectory()) {
      return "folder";
    }
    return beginningOf(path, ageHeader.length) === ageHeader ? "encrypted" : "archive";
  } catch (error) {
    throw new UserError(`${path} can't be read: ${detailOf(error)}`);
  }
}

function beginningOf(file: string, length: number): string {
  const buffer = Buffer.alloc(length);
  const descriptor = openSync(file, "r");
  try {
    return buffer.toString("latin1", 0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

async function sha256Of(path: string, source: Readable): Promise<string> {
  const hash = createHash("sha256");
  try {
    await pipeline(source, hash);
  } catch (error) {
    throw new UserError(`The folder ${path} can't be read: ${detailOf(error)}`);
  }
  return hash.digest("hex");
}

/** What is sent. A source that fails ends early, and the server refuses that. */
export async function opened({ open }: Source): Promise<Readable> {
  const sent = new PassThrough();
  pipeline(await open(), sent).catch(() => {
    sent.end();
  });
  return sent;
}
