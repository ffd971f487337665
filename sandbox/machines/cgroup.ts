import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../command.ts";
import { until } from "../until.ts";

/** Makes a cgroup for one boot of a machine. */
export async function makeCgroup(cgroup: string): Promise<void> {
  await mkdir(cgroup);
}

/** Kills every process in a cgroup and below it at once. */
export async function kill(cgroup: string): Promise<void> {
  if (existsSync(cgroup)) {
    await writeFile(join(cgroup, "cgroup.kill"), "1");
  }
}

/**
 * Ends everything that still runs in a cgroup, and removes it. The next boot gets a new one: a cgroup that was killed
 * once may continue to kill what systemd starts in it, as seen with Linux 6.18.
 */
export async function removeCgroup(cgroup: string): Promise<void> {
  if (!(await has(cgroup, "populated 0"))) {
    await kill(cgroup);
  }
  await until(() => has(cgroup, "populated 0"));
  await run(["find", cgroup, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+"]);
}

/** Freezes every process of a cgroup; resolves when all of them stand still. */
export async function freeze(cgroup: string): Promise<void> {
  await writeFile(join(cgroup, "cgroup.freeze"), "1");
  await until(() => has(cgroup, "frozen 1"));
}

/** Lets the processes of a frozen cgroup continue. */
export async function thaw(cgroup: string): Promise<void> {
  await writeFile(join(cgroup, "cgroup.freeze"), "0");
}

async function has(cgroup: string, event: string): Promise<boolean> {
  const events = await readFile(join(cgroup, "cgroup.events"), "utf8");
  return events.split("\n").includes(event);
}
