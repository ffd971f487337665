import { join } from "node:path";
import type { RunFolders } from "../run-folders.ts";

/** Where one machine lies in the sandbox, and what it is called. */
export function machineFolders(folders: RunFolders, id: number) {
  const name = `machine-${id}`;
  const folder = join(folders.machines, String(id));
  const disk = join(folders.disks, name);
  const cgroup = join(folders.cgroup, name);
  return {
    id,
    name,
    folder,
    /** The network namespace and its cable; short, as the kernel wants it. */
    link: `m-${id}`,
    /** The disk as the machine sees it. */
    root: join(folder, "root"),
    /** All that it printed on its console, over every boot. */
    console: join(folder, "console.log"),
    /** The process that holds the running machine; the file is there as long as it runs. */
    nspawnPid: join(folder, "nspawn.pid"),
    disk,
    /** What the machine has written since its disk was made. */
    written: join(disk, "upper"),
    overlayWork: join(disk, "work"),
    cgroup,
    /** The machine's own processes, without the one that holds it. */
    payload: join(cgroup, "payload"),
  };
}

/** Where one machine lies in the sandbox, and what it is called. */
export type MachineFolders = ReturnType<typeof machineFolders>;
