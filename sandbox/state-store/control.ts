import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { foldersOfThisRun } from "../run-folders.ts";
import { switchOf } from "../s3/switched.ts";
import { stateDownFile } from "./store.ts";

/** What a person does at the provider of the store for Pulumi's state, and what can happen to it. For tests. */
export const stateStore = {
  /** @returns its folder on this computer */
  async createBucket(name: string): Promise<string> {
    const folder = join(foldersOfThisRun().stateStore, name);
    await mkdir(folder);
    return folder;
  },

  ...switchOf(stateDownFile),
};
