import { applyLimits, hasControllersOfVersion1 } from "../../sandbox/machines/limits.ts";
import type { Server } from "./server.ts";

// In a machine on a host whose controllers are in control groups of version 1, CPUWeight=, MemoryMax= and TasksMax= do
// nothing. There the bot is put into groups of that version. On other hosts the machine's own systemd applies the limits.

const slice = "bot.slice";
const unit = "trading-bot.service";

/** Lower than in production, so that floods soon have all of it: in bytes, and a number of processes and threads. */
const memoryMax = 1024 ** 3;
const tasksMax = 200;

/**
 * Applies limits to the processes that the bot has now, and to those that they start.
 *
 * @returns what is missing for that. Then the floods are limited by their own counts only.
 */
export async function limitBot(server: Server): Promise<string | undefined> {
  if (hasControllersOfVersion1) {
    const cpuWeight = Number(await server.run(`systemctl show -P CPUWeight ${slice}`));
    try {
      await applyLimits(server.id, `${slice}/${unit}`, { cpuWeight, memoryMax, tasksMax });
      return undefined;
    } catch (error) {
      return `the bot can't be put into control groups of version 1: ${String(error)}`;
    }
  }
  await server.run(`systemctl set-property --runtime ${unit} MemoryMax=${memoryMax} TasksMax=${tasksMax}`);
  const files = [`${slice}/cpu.weight`, `${slice}/${unit}/memory.max`, `${slice}/${unit}/pids.max`];
  const missing = await server.run(
    `cd /sys/fs/cgroup; for file in ${files.join(" ")}; do [ -e $file ] || echo $file; done`,
  );
  return missing === ""
    ? undefined
    : `the limits of the bot's unit don't apply, because the host passes no such controllers on to the machine: ${missing.replaceAll("\n", ", ")}`;
}
