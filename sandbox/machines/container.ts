import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { open, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exitCode } from "../command.ts";
import { until } from "../until.ts";
import type { Boot } from "./boot.ts";
import { makeCgroup, removeCgroup } from "./cgroup.ts";
import { leaderOf } from "./leader.ts";
import type { MachineFolders } from "./machine-folders.ts";

/** systemd-nspawn's exit code if the machine wants to be started again. */
const askedForReboot = 133;

/** The signal that makes systemd power off, like a power button. Node has no name for it. */
const powerOffSignal = 34 + 3;

/**
 * Starts a machine from its disk; resolves when its init runs.
 *
 * @param binds more folders of the sandbox, each with its place in the machine: "/from:/to"
 */
export async function boot(machine: MachineFolders, binds: readonly string[] = []): Promise<Boot> {
  await makeCgroup(machine.cgroup);
  const log = await open(machine.console, "a");
  const [program, ...rest] = commandLine(machine, binds);
  const nspawn = spawn(program, rest, {
    // Its own session, so that the operator's Ctrl-C doesn't reach it.
    detached: true,
    stdio: ["ignore", log.fd, log.fd],
    env: {
      PATH: process.env.PATH,
      SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1",
      // /proc/sys/net belongs to the machine's own network namespace, the rest of /proc/sys to the host.
      SYSTEMD_NSPAWN_API_VFS_WRITABLE: "network",
    },
  });
  const ended = ending(machine, exitCode(nspawn));
  // Another caller reports the error. Here it must only not be unhandled.
  ended.catch(() => undefined);
  await once(nspawn, "spawn");
  await log.close();
  await writeFile(machine.processId, String(nspawn.pid));
  const leader = await until(
    // nspawn makes the payload's cgroup when the init exists, and lets the init continue after that.
    async () => (existsSync(join(machine.payload, "cgroup.events")) ? leaderOf(nspawn.pid) : undefined),
    () =>
      nspawn.exitCode === null ? undefined : `machine ${machine.id} did not start: see ${machine.console}`,
  );
  return { ended, pressPowerButton: () => pressPowerButton(leader) };
}

/** @param leader the process id of the machine's init, as the sandbox sees it */
async function pressPowerButton(leader: number): Promise<void> {
  // systemd receives the signal as soon as it blocks it. An earlier signal would be lost.
  await until(async () => {
    const status = await readFile(`/proc/${leader}/status`, "utf8").catch(() => undefined);
    if (status === undefined) {
      return "gone";
    }
    const blocked = BigInt(`0x${/^SigBlk:\s*(\w+)$/m.exec(status)?.[1] ?? "0"}`);
    return (blocked >> BigInt(powerOffSignal - 1)) & 1n ? "listening" : undefined;
  });
  if (existsSync(`/proc/${leader}`)) {
    process.kill(leader, powerOffSignal);
  }
}

async function ending(machine: MachineFolders, exit: Promise<number>): Promise<boolean> {
  const code = await exit;
  await rm(machine.processId, { force: true });
  // No process of this boot may be left in the next one.
  await removeCgroup(machine.cgroup);
  return code === askedForReboot;
}

function commandLine(machine: MachineFolders, binds: readonly string[]): [string, ...string[]] {
  return [
    // Each machine has its own cgroup, and enters it before anything else is in it.
    ...(["sh", "-c", 'echo 0 >"$0/cgroup.procs" && exec "$@"', machine.cgroup] as const),
    ...["systemd-nspawn", "--quiet", "--boot", `--directory=${machine.root}`],
    ...[`--machine=${machine.name}`, `--network-namespace-path=/run/netns/${machine.link}`],
    // Volumes: block devices that come and go while it runs.
    `--bind=${machine.devices}:/dev/disk`,
    ...binds.map((bind) => `--bind=${bind}`),
    // Firewalls and sysctl of the machine's own network.
    "--capability=CAP_NET_ADMIN",
    // Outside, no systemd is running that could register it, and the disk needs no changes.
    ...["--register=no", "--keep-unit", "--link-journal=no", "--resolv-conf=off", "--timezone=off"],
    "--console=read-only",
  ];
}
