import { stat } from "node:fs/promises";
import { plugInTap, unplugTap } from "../../network/tap.ts";
import { until } from "../../until.ts";
import type { MachineFolders } from "../machine-folders.ts";
import type { Platform } from "../platform.ts";
import { startDhcp } from "./dhcp.ts";
import type { Monitor } from "./monitor.ts";
import { type Accelerator, bootVirtual } from "./qemu.ts";
import { makeVirtualDisk, makeVirtualImage, removeVirtualDisk } from "./virtual-disk.ts";

/** What a virtual machine has besides its disk. */
interface Slot {
  hasNetwork: boolean;
  /** The files of its volumes, by the volumes' ids. */
  volumes: Map<number, string>;
  /** Its QEMU, while it is on. */
  monitor: Monitor | undefined;
}

/** Machines that are virtual machines of QEMU: slow, but with their own kernel, clock and devices. */
export function virtualMachines(accelerator: Accelerator): Platform {
  const slots = new Map<number, Slot>();
  const slotOf = (machine: MachineFolders): Slot => {
    const slot = slots.get(machine.id) ?? {
      hasNetwork: false,
      volumes: new Map<number, string>(),
      monitor: undefined,
    };
    slots.set(machine.id, slot);
    return slot;
  };

  return {
    makeDisk: makeVirtualDisk,
    removeDisk: removeVirtualDisk,
    makeImage: makeVirtualImage,
    makeDevices: () => Promise.resolve(),
    removeDevices: (machine) => {
      slots.delete(machine.id);
      return Promise.resolve();
    },

    async plugIn(sandbox, machine, ipv4) {
      slotOf(machine).hasNetwork = ipv4 !== undefined;
      if (ipv4 === undefined) {
        return { unplug: () => Promise.resolve() };
      }
      await plugInTap(machine.link, ipv4);
      const endDhcp = await startDhcp(sandbox, machine, ipv4);
      return {
        async unplug() {
          await endDhcp();
          await unplugTap(machine.link);
        },
      };
    },

    async boot(machine) {
      const slot = slotOf(machine);
      const started = await bootVirtual(
        machine,
        { accelerator, hasNetwork: slot.hasNetwork },
        async (monitor) => {
          for (const [id, file] of slot.volumes) {
            await show(monitor, id, file);
          }
        },
      );
      slot.monitor = started.monitor;
      return {
        ...started,
        ended: started.ended.finally(() => {
          slot.monitor = undefined;
        }),
      };
    },

    bootRescue: () => Promise.reject(new Error("the sandbox's virtual machines have no rescue system")),

    openVolume(_sandbox, id, file) {
      let attachedTo: Slot | undefined;
      return Promise.resolve({
        async attach(machine) {
          const slot = slotOf(machine);
          if (slot.monitor !== undefined) {
            await show(slot.monitor, id, file);
          }
          slot.volumes.set(id, file);
          attachedTo = slot;
          return {
            async remove() {
              slot.volumes.delete(id);
              attachedTo = undefined;
              if (slot.monitor !== undefined) {
                await hide(slot.monitor, id);
              }
            },
          };
        },
        async grow() {
          await attachedTo?.monitor?.execute("block_resize", {
            "node-name": node(id),
            size: (await stat(file)).size,
          });
        },
        close: () => Promise.resolve(),
      });
    },
  };
}

/** QEMU's names of a volume's file and device. */
const node = (id: number) => `volume-${id}`;
const device = (id: number) => `volume-device-${id}`;

/** Shows a volume to a machine, which may be running, under the identity that Hetzner's volumes have. */
async function show(monitor: Monitor, id: number, file: string): Promise<void> {
  await monitor.execute("blockdev-add", {
    driver: "raw",
    "node-name": node(id),
    file: { driver: "file", filename: file },
    // As for the machine's own disk: no flush reaches the host's.
    cache: { "no-flush": true },
  });
  await monitor.execute("device_add", {
    driver: "scsi-hd",
    bus: "scsi.0",
    id: device(id),
    drive: node(id),
    vendor: "HC",
    product: "Volume",
    serial: String(id),
    device_id: String(id),
  });
}

/** Pulls a volume out. */
async function hide(monitor: Monitor, id: number): Promise<void> {
  const before = monitor.removals(device(id));
  await monitor.execute("device_del", { id: device(id) });
  await until(() => monitor.removals(device(id)) > before);
  await monitor.execute("blockdev-del", { "node-name": node(id) });
}
