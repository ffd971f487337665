import { join } from "node:path";
import { plugIn, unplug } from "../network/link.ts";
import { boot } from "./container.ts";
import { Device, makeDevices, removeDevices } from "./devices.ts";
import { makeDisk, makeImage, removeDisk } from "./disk.ts";
import { openLoopDevice } from "./loop-device.ts";
import { rescueFolders } from "./machine-folders.ts";
import type { Platform } from "./platform.ts";

/** Machines that are containers: quick, but with the host's kernel and clock. */
export const containers: Platform = {
  makeDisk,
  removeDisk,
  makeImage,
  boot: (machine) => boot(machine),
  makeDevices,
  removeDevices,

  async plugIn(_sandbox, machine, ipv4) {
    const link = { namespace: machine.link, addresses: ipv4 === undefined ? [] : [ipv4] };
    await plugIn(link);
    return { unplug: () => unplug(link) };
  },

  /** A rescue system has a new disk, and the machine's own disk at /mnt. */
  async bootRescue(sandbox, machine, sshKeys) {
    const system = rescueFolders(machine);
    await makeDisk(sandbox, system, { name: "rescue", userData: "", sshKeys });
    const started = await boot(system, [`${machine.root}:/mnt`]);
    return { ...started, ended: started.ended.finally(() => removeDisk(system)) };
  },

  async openVolume({ devices }, id, file) {
    const loop = await openLoopDevice(file, join(devices, `volume-${id}`));
    return {
      attach: (machine, deviceName) => Device.add(machine, deviceName, `scsi-0HC_Volume_${id}`, loop),
      grow: () => loop.grow(),
      close: () => loop.close(),
    };
  },
};
