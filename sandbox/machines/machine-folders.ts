import { join } from "node:path";
import type { RunFolders } from "../run-folders.ts";

/** A machine's folders, files and names. */
export function machineFolders(folders: RunFolders, id: number) {
  const name = `machine-${id}`;
  const folder = join(folders.machines, String(id));
  const disk = join(folders.disks, name);
  const cgroup = join(folders.cgroup, name);
  return {
    id,
    name,
    folder,
    /** The name of the network namespace and its link, which the kernel limits to 15 characters. */
    link: `m-${id}`,
    /** The disk as the machine sees it. */
    root: join(folder, "root"),
    /** Everything that it printed on its console, in all boots. */
    console: join(folder, "console.log"),
    /** The process id of its systemd-nspawn or QEMU. The file exists as long as the machine runs. */
    processId: join(folder, "machine.pid"),
    disk,
    /** Its /dev/disk: the volumes that are attached to it. */
    devices: join(folders.devices, name),
    /** What the machine has written since its disk was made. */
    written: join(disk, "upper"),
    overlayWork: join(disk, "work"),
    cgroup,
    /** The disk of a virtual machine. */
    virtualDisk: join(disk, "disk"),
    /** The kernel that a virtual machine's current boot began with, and its initial file system. */
    kernel: join(disk, "kernel"),
    initrd: join(disk, "initrd"),
    /** The sockets of a virtual machine: for its QEMU, and for the guest agent in it. */
    monitor: join(folder, "monitor.sock"),
    agent: join(folder, "agent.sock"),
    /** What its QEMU has printed. */
    monitorLog: join(folder, "qemu.log"),
    /** The machine's own processes, without systemd-nspawn; or its QEMU. */
    payload: join(cgroup, "payload"),
  };
}

/** The same machine while a rescue system runs on it, which has its own disk. */
export function rescueFolders(machine: MachineFolders): MachineFolders {
  const disk = join(machine.disk, "rescue");
  return {
    ...machine,
    root: join(machine.folder, "rescue"),
    disk,
    written: join(disk, "upper"),
    overlayWork: join(disk, "work"),
  };
}

/** A machine's folders, files and names. */
export type MachineFolders = ReturnType<typeof machineFolders>;
