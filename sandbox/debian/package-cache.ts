import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

/** The mirror doesn't have the file. */
export class NoSuchFile extends Error {}

/** A file that a cache can hold. */
export interface CachedFile {
  /** The first folder of its path in the cache. */
  archive: string;
  /** Below that folder. */
  path: string;
  /** Whether the file of this path never changes. */
  isImmutable: boolean;
}

/** The options of a cache. */
export interface PackageCacheOptions<File> {
  /** The folder of the files. All runs share it. */
  folder: string;
  /** The folder of incomplete downloads, on the same disk. */
  incoming: string;
  /**
   * Downloads a file to `target`.
   * @throws NoSuchFile
   */
  download: (file: File, target: string) => Promise<void>;
  /** How long an index counts as current, in milliseconds. */
  freshFor: number;
}

/** Files of a package archive, each downloaded once. Several runs may share a folder. */
export class PackageCache<File extends CachedFile> {
  readonly #options: PackageCacheOptions<File>;
  readonly #downloads = new Map<string, Promise<void>>();

  constructor(options: PackageCacheOptions<File>) {
    this.#options = options;
  }

  /**
   * @returns the path of the file. If a new version of an index can't be downloaded, the old one is used
   * @throws NoSuchFile
   */
  async file(wanted: File): Promise<string> {
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

  /** Requests for the same file at the same time share one download. */
  #once(kept: string, wanted: File): Promise<void> {
    const running = this.#downloads.get(kept);
    if (running !== undefined) {
      return running;
    }
    const download = this.#download(kept, wanted).finally(() => this.#downloads.delete(kept));
    this.#downloads.set(kept, download);
    return download;
  }

  async #download(kept: string, wanted: File): Promise<void> {
    const incoming = join(this.#options.incoming, randomUUID());
    try {
      await this.#options.download(wanted, incoming);
      await mkdir(dirname(kept), { recursive: true });
      // A rename is one step, so a file under its final name is always complete.
      await rename(incoming, kept);
    } finally {
      await rm(incoming, { force: true });
    }
  }
}

/** How long ago a file was stored, in milliseconds; undefined if it doesn't exist. */
async function ageOf(file: string): Promise<number | undefined> {
  // ctime is the time of the rename; mtime may be the mirror's.
  const found = await stat(file).catch(() => undefined);
  return found && Date.now() - found.ctimeMs;
}
