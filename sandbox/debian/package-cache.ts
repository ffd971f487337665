import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ArchiveFile } from "./archive-file.ts";

/** The mirror says that it has no such file. */
export class NoSuchFile extends Error {}

/** What a cache is made of. */
export interface PackageCacheOptions {
  /** Where files are kept, for every run. */
  folder: string;
  /** Where downloads lie until they are complete, on the same disk. */
  incoming: string;
  /**
   * Downloads a file of the archive to `target`.
   * @throws NoSuchFile
   */
  download: (file: ArchiveFile, target: string) => Promise<void>;
  /** For how long an index is taken for current, in milliseconds. */
  freshFor: number;
}

/** Files of Debian's archive, each downloaded once. Several runs may share a folder. */
export class PackageCache {
  readonly #options: PackageCacheOptions;
  readonly #downloads = new Map<string, Promise<void>>();

  constructor(options: PackageCacheOptions) {
    this.#options = options;
  }

  /**
   * @returns where the file lies. An index that can't be had anew is given as it was
   * @throws NoSuchFile
   */
  async file(wanted: ArchiveFile): Promise<string> {
    const kept = join(this.#options.folder, wanted.archive, wanted.path);
    const age = await ageOf(kept);
    if (age !== undefined && (wanted.isImmutable || age < this.#options.freshFor)) {
      return kept;
    }
    try {
      await this.#once(kept, wanted);
    } catch (error) {
      if (age === undefined || error instanceof NoSuchFile) {
        throw error;
      }
    }
    return kept;
  }

  /** However many ask for a file at the same time, it is downloaded once. */
  #once(kept: string, wanted: ArchiveFile): Promise<void> {
    const running = this.#downloads.get(kept);
    if (running !== undefined) {
      return running;
    }
    const download = this.#download(kept, wanted).finally(() => this.#downloads.delete(kept));
    this.#downloads.set(kept, download);
    return download;
  }

  async #download(kept: string, wanted: ArchiveFile): Promise<void> {
    const incoming = join(this.#options.incoming, randomUUID());
    try {
      await this.#options.download(wanted, incoming);
      await mkdir(dirname(kept), { recursive: true });
      // By one step, so that nobody ever finds a part of a file under its name.
      await rename(incoming, kept);
    } finally {
      await rm(incoming, { force: true });
    }
  }
}

/** For how long a file has been in its place, in milliseconds; undefined if there is none. */
async function ageOf(file: string): Promise<number | undefined> {
  // The time of the rename: the other one may be the mirror's.
  const found = await stat(file).catch(() => undefined);
  return found && Date.now() - found.ctimeMs;
}
