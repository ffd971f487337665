import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { sftpHost } from "./store.ts";

const root = join(foldersOfThisRun().sftp, "root");
const home = join(root, "home", sftpHost.user);

/** What a person does at the provider of the storage with sftp. For tests. */
export const sftpStore = {
  /** "ssh-ed25519 AAAA…", as the provider documents it. */
  async hostKey(): Promise<string> {
    const line = await readFile(join(root, "etc/ssh/storage_key.pub"), "utf8");
    return line.trim().split(" ").slice(0, 2).join(" ");
  },

  /** From now on, this key opens the storage, and no other one. */
  async acceptOnly(publicKey: string): Promise<void> {
    await writeFile(join(home, ".ssh/authorized_keys"), `${publicKey}\n`);
  },

  /** Where a folder of the storage is on this computer. */
  folder(name: string): string {
    return join(home, name);
  },

  /** What this computer has written into a folder belongs to the storage's user. */
  async takesOver(name: string): Promise<void> {
    await run(["chown", "--recursive", "--reference", home, join(home, name)]);
  },
};
