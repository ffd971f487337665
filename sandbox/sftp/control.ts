import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { foldersOfThisRun } from "../run-folders.ts";
import { sftpHost } from "./store.ts";

const root = join(foldersOfThisRun().sftp, "root");

/** What a person does at the provider of the storage with sftp. For tests. */
export const sftpStore = {
  /** "ssh-ed25519 AAAA…", as the provider documents it. */
  async hostKey(): Promise<string> {
    const line = await readFile(join(root, "etc/ssh/storage_key.pub"), "utf8");
    return line.trim().split(" ").slice(0, 2).join(" ");
  },

  /** From now on, this key opens the storage, and no other one. */
  async acceptOnly(publicKey: string): Promise<void> {
    await writeFile(join(root, "home", sftpHost.user, ".ssh/authorized_keys"), `${publicKey}\n`);
  },
};
