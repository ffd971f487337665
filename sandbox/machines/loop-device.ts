import { type FileHandle, open, rm } from "node:fs/promises";
import { attempt, run } from "../command.ts";
import { until } from "../until.ts";

/** The kernel's number of all loop devices. */
const major = 7;

/** A block device whose content is a file. */
export interface LoopDevice {
  /** For mknod. */
  major: number;
  minor: number;
  /** Notices that the file has grown. */
  grow(): Promise<void>;
  /** Releases the device. The kernel does it as soon as nothing uses it, such as a mounted file system. */
  close(): Promise<void>;
}

/**
 * Makes a loop device. It lasts as long as this process has it open or something uses it, and no longer: not even a run
 * that is killed leaves one behind.
 *
 * @param node the path of a device node to make. The device's node in /dev may be missing, as in a container
 */
export async function openLoopDevice(file: string, node: string): Promise<LoopDevice> {
  return until(async () => {
    // It prints the device's name even if the node is missing.
    const free = /^\/dev\/loop(\d+)/.exec(await run(["losetup", "--find"]));
    const minor = Number(free?.[1]);
    await run(["mknod", "--mode=0600", node, "b", String(major), String(minor)]);
    const { code, stderr } = await attempt(["losetup", node, file]);
    if (code !== 0) {
      await rm(node);
      if (stderr.includes("busy")) {
        // Another run was faster.
        return undefined;
      }
      throw new Error(`no loop device for ${file}: ${stderr.trim()}`);
    }
    return held(await open(node, "r"), node, minor);
  });
}

async function held(handle: FileHandle, node: string, minor: number): Promise<LoopDevice> {
  // While it is open, this only means: release it when it isn't used any more.
  await run(["losetup", "--detach", node]);
  return {
    major,
    minor,
    async grow() {
      await run(["losetup", "--set-capacity", node]);
    },
    async close() {
      await handle.close();
      await rm(node);
    },
  };
}
