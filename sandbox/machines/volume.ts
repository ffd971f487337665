import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import type { VolumeOrder } from "../hetzner/data-centre.ts";
import type { RunFolders } from "../run-folders.ts";
import type { MachineFolders } from "./machine-folders.ts";
import type { AttachedVolume, Platform, VolumeDevice } from "./platform.ts";

const gigabyte = 1024 ** 3;

/** A volume: a sparse file on the host's disk, which machines can see as a block device. */
export class Volume {
  readonly #id: number;
  readonly #file: string;
  readonly #device: VolumeDevice;
  #attached: { machineId: number; deviceName: string; attached: AttachedVolume } | undefined;

  private constructor(id: number, file: string, device: VolumeDevice) {
    this.#id = id;
    this.#file = file;
    this.#device = device;
  }

  static async make(
    platform: Platform,
    folders: RunFolders,
    { id, gigabytes, format }: VolumeOrder,
  ): Promise<Volume> {
    const file = join(folders.disks, `volume-${id}`);
    await writeFile(file, "", { flag: "wx", mode: 0o600 });
    await truncate(file, gigabytes * gigabyte);
    if (format !== undefined) {
      await run([`mkfs.${format}`, "-q", file]);
    }
    return new Volume(id, file, await platform.openVolume(folders, id, file));
  }

  /** The id of the machine that it is attached to. */
  get machineId(): number | undefined {
    return this.#attached?.machineId;
  }

  /** The name of its device in that machine. */
  get deviceName(): string | undefined {
    return this.#attached?.deviceName;
  }

  /** @param deviceName the name of its device in the machine, such as "sdb" */
  async attach(machine: MachineFolders, deviceName: string): Promise<void> {
    if (this.#attached !== undefined) {
      throw new Error(`volume ${this.#id} is attached to machine ${this.#attached.machineId}`);
    }
    const attached = await this.#device.attach(machine, deviceName);
    this.#attached = { machineId: machine.id, deviceName, attached };
  }

  async detach(): Promise<void> {
    await this.#attached?.attached.remove();
    this.#attached = undefined;
  }

  async resize(gigabytes: number): Promise<void> {
    await truncate(this.#file, gigabytes * gigabyte);
    await this.#device.grow();
  }

  /** Deletes its data. */
  async remove(): Promise<void> {
    await this.#device.close();
    await rm(this.#file);
  }
}
