import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../command.ts";
import { trust } from "../../network/authority.ts";
import type { RunFolders } from "../../run-folders.ts";
import { mountImage } from "../image-layer.ts";
import type { MachineFolders } from "../machine-folders.ts";
import type { Seed } from "../platform.ts";

/** Smaller than a server's: the file is sparse, but its tables aren't. */
const size = "10G";

/**
 * Makes a virtual machine's disk: an ext4 of the image's tree, without partitions and boot loader. What an order says comes
 * from the metadata service.
 */
export async function makeVirtualDisk(
  folders: RunFolders,
  machine: MachineFolders,
  { image }: Seed,
): Promise<void> {
  await mkdir(machine.disk, { recursive: true });
  if (image !== undefined) {
    await copySparse(join(image, "disk"), machine.virtualDisk);
    return;
  }
  const { root, written } = machine;
  await mountImage(folders.image, machine);
  try {
    await trust(folders.tls, root);
    await run(["mke2fs", "-q", "-F", "-t", "ext4", "-L", "debian", "-d", root, machine.virtualDisk, size]);
  } finally {
    await run(["umount", root]);
    await rm(written, { recursive: true });
  }
}

export async function removeVirtualDisk({ disk }: MachineFolders): Promise<void> {
  await rm(disk, { recursive: true });
}

/** Copies a disk to a new folder. */
export async function makeVirtualImage({ virtualDisk }: MachineFolders, image: string): Promise<void> {
  await mkdir(image);
  await copySparse(virtualDisk, join(image, "disk"));
}

async function copySparse(from: string, to: string): Promise<void> {
  await run(["cp", "--sparse=always", from, to]);
}

/**
 * Reads the kernel that a machine's next boot starts, and its initial file system, from the machine's disk: after an
 * update of the kernel, it is the new one.
 */
export async function readKernel({ virtualDisk, kernel, initrd }: MachineFolders): Promise<void> {
  // After a power cut, what the journal has isn't in the file system yet. The machine would also read it first. The exit
  // code says whether it found something.
  await run(["sh", "-c", 'e2fsck -p -E journal_only "$0" >/dev/null || [ $? -lt 4 ]', virtualDisk]);
  for (const [link, target] of [
    ["/vmlinuz", kernel],
    ["/initrd.img", initrd],
  ] as const) {
    const shown = await debugfs(virtualDisk, `stat ${link}`);
    const file = /link dest: "(.+)"/.exec(shown)?.[1];
    if (file === undefined) {
      throw new Error(`the disk ${virtualDisk} has no ${link}`);
    }
    await debugfs(virtualDisk, `dump /${file} ${target}`);
  }
}

function debugfs(disk: string, request: string): Promise<string> {
  return run(["debugfs", "-R", request, disk]);
}
