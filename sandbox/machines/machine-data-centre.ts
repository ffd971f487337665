import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DataCentre, FirewallRule, MachineOrder, VolumeOrder } from "../hetzner/data-centre.ts";
import type { RunFolders } from "../run-folders.ts";
import { Machine } from "./machine.ts";
import type { Platform } from "./platform.ts";
import { Volumes } from "./volumes.ts";

/** The system images that a machine can be made from. */
const images = ["debian-13"];

/** The options of a data centre. */
export interface DataCentreOptions {
  /** `foldersOfThisRun()`. */
  folders: RunFolders;
  /** Gets errors that no caller waits for: a machine that could not be started again after a reboot. */
  report?: (error: unknown) => void;
}

/**
 * A data centre whose machines boot Debian 13 with systemd. Each has its own disk, network and firewall. The steps of one
 * machine run in the order of the calls.
 */
export class MachineDataCentre implements DataCentre {
  readonly #platform: Platform;
  readonly #folders: RunFolders;
  readonly #report: (error: unknown) => void;
  readonly #machines = new Map<number, Machine>();
  readonly #volumes: Volumes;
  readonly #queues = new Map<number, Promise<unknown>>();

  constructor(platform: Platform, { folders, report = console.error }: DataCentreOptions) {
    this.#platform = platform;
    this.#folders = folders;
    this.#report = report;
    this.#volumes = new Volumes(platform, folders);
  }

  create({ id, name, image, userData, sshKeys, ipv4 }: MachineOrder): Promise<void> {
    return this.#inTurn(id, async () => {
      const folder = this.#findImage(image);
      if (this.#machines.has(id)) {
        throw new Error(`machine ${id} already exists`);
      }
      const machine = new Machine(this.#platform, this.#folders, id, { name, userData, sshKeys }, ipv4);
      await machine.install(undefined, folder);
      this.#machines.set(id, machine);
      await this.#start(id, machine);
    });
  }

  powerOn(id: number): Promise<void> {
    return this.#with(id, (machine) => this.#start(id, machine));
  }

  shutdown(id: number): Promise<void> {
    return this.#with(id, (machine) => machine.shutdown());
  }

  powerOff(id: number): Promise<void> {
    return this.#with(id, (machine) => machine.powerOff());
  }

  rebuild(id: number, image: MachineOrder["image"], userData: string | undefined): Promise<void> {
    return this.#with(id, async (machine) => {
      const folder = this.#findImage(image);
      await machine.powerOff();
      await machine.removeDisk();
      await machine.install(userData, folder);
      await this.#start(id, machine);
    });
  }

  setAddress(id: number, ipv4: string | undefined): Promise<void> {
    return this.#with(id, (machine) => machine.setAddress(ipv4));
  }

  setFirewall(id: number, rules: FirewallRule[] | undefined): Promise<void> {
    return this.#with(id, (machine) => machine.setFirewall(rules));
  }

  delete(id: number): Promise<void> {
    return this.#with(id, async (machine) => {
      await machine.powerOff();
      await this.#volumes.detachAll(id);
      await machine.removeDisk();
      await machine.forget();
      this.#machines.delete(id);
    });
  }

  isRunning(id: number): Promise<boolean> {
    return Promise.resolve(this.#machine(id).isRunning);
  }

  createImage(id: number, machineId: number): Promise<void> {
    return this.#with(machineId, (machine) => machine.makeImage(this.#folderOfImage(id)));
  }

  async deleteImage(id: number): Promise<void> {
    await rm(this.#folderOfImage(id), { recursive: true });
  }

  enableRescue(id: number, sshKeys: readonly string[]): Promise<void> {
    return this.#with(id, (machine) => machine.setRescue(sshKeys));
  }

  disableRescue(id: number): Promise<void> {
    return this.#with(id, (machine) => machine.setRescue(undefined));
  }

  isRescueNext(id: number): Promise<boolean> {
    return Promise.resolve(this.#machine(id).isRescueNext);
  }

  createVolume(order: VolumeOrder): Promise<void> {
    return this.#volumes.create(order);
  }

  attachVolume(id: number, machineId: number): Promise<void> {
    return this.#with(machineId, (machine) => this.#volumes.attach(id, machine.folders));
  }

  detachVolume(id: number): Promise<void> {
    return this.#volumes.detach(id);
  }

  resizeVolume(id: number, gigabytes: number): Promise<void> {
    return this.#volumes.resize(id, gigabytes);
  }

  deleteVolume(id: number): Promise<void> {
    return this.#volumes.delete(id);
  }

  async #start(id: number, machine: Machine): Promise<void> {
    if (machine.isRunning) {
      return;
    }
    await machine.start();
    void this.#attend(id, machine);
  }

  /** Waits for the machine's end, and starts it again if it wants to reboot. */
  async #attend(id: number, machine: Machine): Promise<void> {
    try {
      const wantsMore = await machine.off();
      if (wantsMore) {
        await this.#with(id, (same) => this.#start(id, same));
      }
    } catch (error) {
      this.#report(error);
    }
  }

  #with<Result>(id: number, step: (machine: Machine) => Promise<Result>): Promise<Result> {
    return this.#inTurn(id, () => step(this.#machine(id)));
  }

  #machine(id: number): Machine {
    const machine = this.#machines.get(id);
    if (machine === undefined) {
      throw new Error(`there is no machine ${id}`);
    }
    return machine;
  }

  /** The folder of a snapshot, or undefined for a system image. */
  #findImage(image: MachineOrder["image"]): string | undefined {
    const folder = typeof image === "number" ? this.#folderOfImage(image) : undefined;
    if (folder === undefined ? !images.includes(String(image)) : !existsSync(folder)) {
      throw new Error(`the sandbox has no image "${image}"; it has ${images.join(", ")}, and snapshots`);
    }
    return folder;
  }

  #folderOfImage(id: number): string {
    return join(this.#folders.disks, `image-${id}`);
  }

  /** Runs a step after all earlier steps of the same machine, even if those failed. */
  #inTurn<Result>(id: number, step: () => Promise<Result>): Promise<Result> {
    const before = this.#queues.get(id) ?? Promise.resolve();
    const result = before.then(step, step);
    this.#queues.set(
      id,
      result.catch(() => undefined),
    );
    return result;
  }
}
