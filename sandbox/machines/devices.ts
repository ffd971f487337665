import { type FSWatcher, watch } from "node:fs";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { attempt, run } from "../command.ts";
import type { LoopDevice } from "./loop-device.ts";
import type { MachineFolders } from "./machine-folders.ts";

// A machine's folder /dev/disk, which exists in the sandbox and is mounted into the machine. So a device appears at once,
// and is there again at the next boot. On a real server udev makes the links; in a container udev doesn't run.

/** Makes the folder, without any device. */
export async function makeDevices({ devices }: MachineFolders): Promise<void> {
  await Promise.all(["by-id", "by-uuid"].map((links) => mkdir(join(devices, links), { recursive: true })));
}

/** Removes the folder and every device in it. */
export async function removeDevices({ devices }: MachineFolders): Promise<void> {
  await rm(devices, { recursive: true });
}

/** A block device in a machine's /dev/disk, with its links. */
export class Device {
  readonly #folder: string;
  readonly #name: string;
  readonly #byId: string;
  readonly #watcher: FSWatcher;
  #uuid: string | undefined;
  #probing = Promise.resolve();

  private constructor(folder: string, name: string, byId: string) {
    this.#folder = folder;
    this.#name = name;
    this.#byId = byId;
    // Like udev, it looks at a device again after it was written to.
    this.#watcher = watch(join(folder, name), { persistent: false }, () => void this.#probeAgain());
  }

  /**
   * @param name the node's name, such as "sdb"
   * @param byId the name of its link in by-id
   */
  static async add(
    { devices }: MachineFolders,
    name: string,
    byId: string,
    { major, minor }: LoopDevice,
  ): Promise<Device> {
    await run(["mknod", "--mode=0660", join(devices, name), "b", String(major), String(minor)]);
    const device = new Device(devices, name, byId);
    await device.#probeAgain();
    // Last: who sees this link sees the others.
    await symlink(join("..", name), join(devices, "by-id", byId));
    return device;
  }

  /** Removes the device from the machine. What is mounted from it stays mounted. */
  async remove(): Promise<void> {
    this.#watcher.close();
    await this.#probing;
    await rm(join(this.#folder, "by-id", this.#byId));
    await this.#link(undefined);
    await rm(join(this.#folder, this.#name));
  }

  #probeAgain(): Promise<void> {
    this.#probing = this.#probing.then(() => this.#probe()).catch(() => undefined);
    return this.#probing;
  }

  async #probe(): Promise<void> {
    const tags = ["--probe", "--match-tag", "UUID", "--output", "value"];
    const { stdout } = await attempt(["blkid", ...tags, join(this.#folder, this.#name)]);
    await this.#link(stdout.trim() === "" ? undefined : stdout.trim());
  }

  async #link(uuid: string | undefined): Promise<void> {
    if (uuid === this.#uuid) {
      return;
    }
    const link = (one: string) => join(this.#folder, "by-uuid", one);
    if (this.#uuid !== undefined) {
      await rm(link(this.#uuid), { force: true });
    }
    this.#uuid = uuid;
    if (uuid !== undefined) {
      await symlink(join("..", this.#name), link(`.${uuid}`));
      await rename(link(`.${uuid}`), link(uuid));
    }
  }
}
