import { readdir, readFile } from "node:fs/promises";
import { attempt, type CommandLine, type CommandOptions, type Outcome } from "../command.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { until } from "../until.ts";
import * as cgroup from "./cgroup.ts";
import * as boots from "./hold-boots.ts";
import { leaderOf } from "./leader.ts";
import { machineFolders } from "./machine-folders.ts";

// Tests look at the machines through these doors, from any process of the sandbox. Nothing a person or the
// program does goes this way.

/** Where a machine lies: its disk (`root`, and `written` for what it has changed), its console, its network. */
export function machineAt(id: number) {
  return machineFolders(foldersOfThisRun(), id);
}

/** The ids of the machines there are. */
export async function machineIds(): Promise<number[]> {
  return (await readdir(foldersOfThisRun().machines)).map(Number).sort((a, b) => a - b);
}

/** The process id of a machine's init, or undefined if it is off. */
export async function leader(id: number): Promise<number | undefined> {
  const nspawn = await readFile(machineAt(id).nspawnPid, "utf8").catch(() => undefined);
  return nspawn === undefined ? undefined : leaderOf(Number(nspawn));
}

/** Runs a command as root inside a machine, whether it lets anybody in or not. */
export async function runInMachine(
  id: number,
  command: CommandLine,
  options: CommandOptions = {},
): Promise<Outcome> {
  const target = await leader(id);
  if (target === undefined) {
    throw new Error(`machine ${id} is off: nothing can run in it`);
  }
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"];
  const environment = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
  ];
  return attempt(
    ["nsenter", `--target=${target}`, ...namespaces, "--", "env", "-i", ...environment, ...command],
    options,
  );
}

/**
 * Reboots a machine from inside, as its owner or unattended-upgrades would; resolves when its next boot is over.
 * @returns what systemd makes of that boot: "running", or "degraded" where a unit failed
 */
export async function rebootMachine(id: number): Promise<string> {
  const before = await leader(id);
  // The command itself may be caught by the shutdown that it asks for.
  await runInMachine(id, ["systemctl", "--no-block", "reboot"]);
  await until(async () => {
    const now = await leader(id);
    return now !== undefined && now !== before;
  });
  return bootResult(id);
}

/** What systemd makes of a machine's boot when it is over: "running", or "degraded" where a unit failed. */
export function bootResult(id: number): Promise<string> {
  return until(async () => {
    // Asked early, it says "offline" or can't be reached yet. A machine that isn't on is on its way.
    const answer = await runInMachine(id, ["systemctl", "is-system-running", "--wait"]).catch(
      () => undefined,
    );
    return ["running", "degraded", "maintenance"].find((state) => state === answer?.stdout.trim());
  });
}

/** All that a machine has printed on its console. */
export function consoleOf(id: number): Promise<string> {
  return readFile(machineAt(id).console, "utf8");
}

/** Stops every process of a machine where it is; its network stays up, and refuses what nobody accepts. */
export function freeze(id: number): Promise<void> {
  return cgroup.freeze(machineAt(id).payload);
}

/** Lets a frozen machine go on. */
export function thaw(id: number): Promise<void> {
  return cgroup.thaw(machineAt(id).payload);
}

/** From now on machines freeze as soon as their init runs: a boot that takes as long as a test wants. */
export function holdBoots(): Promise<void> {
  return boots.holdBoots(foldersOfThisRun());
}

/** Lets every machine that was held go on, and machines to come boot without a stop. */
export async function releaseBoots(): Promise<void> {
  await boots.stopHoldingBoots(foldersOfThisRun());
  await Promise.all((await machineIds()).map((id) => thaw(id).catch(() => undefined)));
}
