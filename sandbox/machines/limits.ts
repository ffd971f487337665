import { existsSync } from "node:fs";
import { mkdir, readFile, realpath, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { foldersOfThisRun } from "../run-folders.ts";
import { machineFolders } from "./machine-folders.ts";

/** What a control group may use. */
export interface Limits {
  /** As CPUWeight= of a unit: 100 is what others have. */
  cpuWeight: number;
  /** In bytes. */
  memoryMax: number;
  tasksMax: number;
}

const root = "/sys/fs/cgroup";

/** Whether the host's controllers are in control groups of version 1, where systemd in a machine can't use them. */
export const hasControllersOfVersion1 = existsSync(join(root, "cpu/cgroup.procs"));

/**
 * Applies limits to what runs in a control group of a machine, and to what that starts from now on, by groups of version
 * 1. They are for hosts on which the limits of a machine's own units do nothing. The run's end removes them.
 *
 * @param group such as "bot.slice/trading-bot.service"
 */
export async function applyLimits(machineId: number, group: string, limits: Limits): Promise<void> {
  const folders = foldersOfThisRun();
  const processes = await readFile(
    join(machineFolders(folders, machineId).payload, group, "cgroup.procs"),
    "utf8",
  );
  const settings: [controller: string, file: string, value: number][] = [
    // 1024 is what others have.
    ["cpu", "cpu.shares", Math.round((limits.cpuWeight * 1024) / 100)],
    ["memory", "memory.limit_in_bytes", limits.memoryMax],
    ["pids", "pids.max", limits.tasksMax],
  ];
  for (const [controller, file, value] of settings) {
    // The name by which the run's own groups are removed.
    const limited = join(root, controller, basename(await realpath(folders.cgroup)), "limited");
    await mkdir(limited, { recursive: true });
    await writeFile(join(limited, file), String(value));
    for (const process of processes.split("\n").filter(Boolean)) {
      await writeFile(join(limited, "cgroup.procs"), process);
    }
  }
}
