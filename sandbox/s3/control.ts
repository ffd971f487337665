import { mkdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { downFile } from "./store.ts";
import { switchOf } from "./switched.ts";

const { s3 } = foldersOfThisRun();

/** How much the store takes, in bytes. It is in memory. */
const s3Size = 512 * 1024 * 1024;

/** What a person does at the store's provider, and what can happen to the store. For tests. */
export const s3Store = {
  async createBucket(name: string): Promise<void> {
    await mkdir(join(s3, name));
  },

  ...switchOf(downFile),

  /** It takes nothing more than a few bytes until `hasRoom`. */
  async isFull(): Promise<void> {
    const { blocks, bfree, bsize } = await statfs(s3);
    await resize((blocks - bfree + 4) * bsize);
  },

  async hasRoom(): Promise<void> {
    await resize(s3Size);
  },
};

async function resize(bytes: number): Promise<void> {
  await run(["mount", "-o", `remount,size=${bytes}`, s3]);
}
