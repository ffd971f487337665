import type { RunFolders } from "../run-folders.ts";
import type { Boot } from "./boot.ts";
import type { MachineFolders } from "./machine-folders.ts";

/** The data for cloud-init on a new disk. */
export interface Seed {
  name: string;
  userData: string;
  sshKeys: readonly string[];
  /** The folder of an image of another disk, if it is made from one. */
  image?: string | undefined;
}

/** A machine's link to the router, which exists while the machine is on: a machine that is off answers nothing. */
export interface MachineLink {
  unplug(): Promise<void>;
}

/** A volume's data as something that machines can see. */
export interface VolumeDevice {
  /**
   * Shows it to a machine, on or off.
   *
   * @param deviceName the name of its device in the machine, such as "sdb"
   */
  attach(machine: MachineFolders, deviceName: string): Promise<AttachedVolume>;
  /** Notices that the file has grown. */
  grow(): Promise<void>;
  /** Releases the file. */
  close(): Promise<void>;
}

/** A volume in a machine. */
export interface AttachedVolume {
  remove(): Promise<void>;
}

/** What machines are: containers, or virtual machines. */
export interface Platform {
  /** Makes a machine's disk. For cloud-init this is a new machine. */
  makeDisk(sandbox: RunFolders, machine: MachineFolders, seed: Seed): Promise<void>;
  removeDisk(machine: MachineFolders): Promise<void>;
  /** Copies what is on a machine's disk to a new folder. The machine stands still meanwhile. */
  makeImage(machine: MachineFolders, image: string): Promise<void>;
  /** Links a machine to the router, which knows the link by the name `machine.link`. */
  plugIn(sandbox: RunFolders, machine: MachineFolders, ipv4: string | undefined): Promise<MachineLink>;
  /** Starts a machine from its disk; resolves when its init or its kernel runs. */
  boot(machine: MachineFolders): Promise<Boot>;
  /** Starts a rescue system instead; resolves as `boot` does. */
  bootRescue(sandbox: RunFolders, machine: MachineFolders, sshKeys: readonly string[]): Promise<Boot>;
  /** Prepares for volumes, before any is attached. */
  makeDevices(machine: MachineFolders): Promise<void>;
  removeDevices(machine: MachineFolders): Promise<void>;
  /** @param file the volume's content */
  openVolume(sandbox: RunFolders, id: number, file: string): Promise<VolumeDevice>;
}
