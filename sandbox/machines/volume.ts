import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import type { VolumeOrder } from "../hetzner/data-centre.ts";
import type { RunFolders } from "../run-folders.ts";
import { Device } from "./devices.ts";
import { type LoopDevice, openLoopDevice } from "./loop-device.ts";
import type { MachineFolders } from "./machine-folders.ts";

const gigabyte = 1024 ** 3;

/** A volume: a sparse file on the host's disk, as a block device that machines can see. */
export class Volume {
  readonly #id: number;
  readonly #file: string;
  readonly #loop: LoopDevice;
  #attached: { machineId: number; deviceName: string; device: Device } | undefined;

  private constructor(id: number, file: string, loop: LoopDevice) {
    this.#id = id;
    this.#file = file;
    this.#loop = loop;
  }

  static async make(folders: RunFolders, { id, gigabytes, format }: VolumeOrder): Promise<Volume> {
    const file = join(folders.disks, `volume-${id}`);
    await writeFile(file, "", { flag: "wx", mode: 0o600 });
    await truncate(file, gigabytes * gigabyte);
    if (format !== undefined) {
      await run([`mkfs.${format}`, "-q", file]);
    }
    return new Volume(id, file, await openLoopDevice(file, join(folders.devices, `volume-${id}`)));
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
    const device = await Device.add(machine, deviceName, `scsi-0HC_Volume_${this.#id}`, this.#loop);
    this.#attached = { machineId: machine.id, deviceName, device };
  }

  async detach(): Promise<void> {
    await this.#attached?.device.remove();
    this.#attached = undefined;
  }

  async resize(gigabytes: number): Promise<void> {
    await truncate(this.#file, gigabytes * gigabyte);
    await this.#loop.grow();
  }

  /** Deletes its data. */
  async remove(): Promise<void> {
    await this.#loop.close();
    await rm(this.#file);
  }
}
