import type { VolumeOrder } from "../hetzner/data-centre.ts";
import type { RunFolders } from "../run-folders.ts";
import type { MachineFolders } from "./machine-folders.ts";
import type { Platform } from "./platform.ts";
import { Volume } from "./volume.ts";

/** "sdb" to "sdz": "sda" is a server's own disk. */
const deviceNames = Array.from({ length: 25 }, (_, index) => `sd${String.fromCharCode(98 + index)}`);

/** A data centre's volumes. The caller waits for each step before it begins another one of the same volume. */
export class Volumes {
  readonly #platform: Platform;
  readonly #folders: RunFolders;
  readonly #volumes = new Map<number, Volume>();

  constructor(platform: Platform, folders: RunFolders) {
    this.#platform = platform;
    this.#folders = folders;
  }

  async create(order: VolumeOrder): Promise<void> {
    this.#volumes.set(order.id, await Volume.make(this.#platform, this.#folders, order));
  }

  async attach(id: number, machine: MachineFolders): Promise<void> {
    await this.#get(id).attach(machine, this.#freeName(machine.id));
  }

  async detach(id: number): Promise<void> {
    await this.#get(id).detach();
  }

  async detachAll(machineId: number): Promise<void> {
    await Promise.all(this.#of(machineId).map((volume) => volume.detach()));
  }

  async resize(id: number, gigabytes: number): Promise<void> {
    await this.#get(id).resize(gigabytes);
  }

  async delete(id: number): Promise<void> {
    const volume = this.#get(id);
    if (volume.machineId !== undefined) {
      throw new Error(`volume ${id} is attached to machine ${volume.machineId}`);
    }
    await volume.remove();
    this.#volumes.delete(id);
  }

  #freeName(machineId: number): string {
    const taken = this.#of(machineId).map(({ deviceName }) => deviceName);
    const free = deviceNames.find((name) => !taken.includes(name));
    if (free === undefined) {
      throw new Error(`machine ${machineId} can't have another volume`);
    }
    return free;
  }

  #of(machineId: number): Volume[] {
    return [...this.#volumes.values()].filter((volume) => volume.machineId === machineId);
  }

  #get(id: number): Volume {
    const volume = this.#volumes.get(id);
    if (volume === undefined) {
      throw new Error(`there is no volume ${id}`);
    }
    return volume;
  }
}
