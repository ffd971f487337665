import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import { trust } from "../network/authority.ts";
import { nameServer } from "../network/sites.ts";
import type { RunFolders } from "../run-folders.ts";
import { mountImage } from "./image-layer.ts";
import type { MachineFolders } from "./machine-folders.ts";
import type { Seed } from "./platform.ts";

/** Makes a machine's disk: the image, with a separate layer for what the machine writes. */
export async function makeDisk(folders: RunFolders, machine: MachineFolders, seed: Seed): Promise<void> {
  const { root, written } = machine;
  if (seed.image !== undefined) {
    await mkdir(written, { recursive: true });
    await copy(seed.image, written);
  }
  await mountImage(folders.image, machine);
  await writeFile(join(root, "etc/resolv.conf"), `nameserver ${nameServer}\n`);
  await trust(folders.tls, root);
  await plantSeed(machine, seed);
}

/** Copies what a machine has written to a new folder. */
export async function makeImage({ written }: MachineFolders, image: string): Promise<void> {
  await mkdir(image);
  await copy(written, image);
}

/** With the attributes by which an overlay knows what was removed. */
async function copy(from: string, to: string): Promise<void> {
  await run(["cp", "--archive", "--no-target-directory", from, to]);
}

/** Removes a machine's disk. */
export async function removeDisk({ root, disk }: MachineFolders): Promise<void> {
  // Lazily, because a test may have a file of it open.
  await run(["umount", "--lazy", root]);
  await rm(disk, { recursive: true });
}

async function plantSeed({ id, root }: MachineFolders, { name, userData, sshKeys }: Seed): Promise<void> {
  const folder = join(root, "var/lib/cloud/seed/nocloud");
  // JSON is also YAML.
  const metaData = { "instance-id": String(id), "local-hostname": name, "public-keys": sshKeys };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, "meta-data"), JSON.stringify(metaData));
  await writeFile(join(folder, "user-data"), userData, { mode: 0o600 });
}
