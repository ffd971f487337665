import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { attempt, type CommandLine, type CommandOptions, type Outcome } from "../command.ts";
import { foldersOfThisRun } from "../run-folders.ts";
import { until } from "../until.ts";
import * as cgroup from "./cgroup.ts";
import * as boots from "./hold-boots.ts";
import { leaderOf } from "./leader.ts";
import { machineFolders } from "./machine-folders.ts";
import { NoAgent, runByAgent } from "./virtual/guest-agent.ts";

// How tests look into the machines, from any process of the sandbox. The product and people never use this.

/** A machine's folders and names: its disk (`root`, and `written` for its changes), its console, its network. */
export function machineAt(id: number) {
  return machineFolders(foldersOfThisRun(), id);
}

/** The ids of all machines. */
export async function machineIds(): Promise<number[]> {
  return (await readdir(foldersOfThisRun().machines)).map(Number).sort((a, b) => a - b);
}

function isVirtual(id: number): boolean {
  return existsSync(machineAt(id).agent);
}

/** The process id of a machine's init, or undefined if it is off. */
async function leader(id: number): Promise<number | undefined> {
  const outer = await readFile(machineAt(id).processId, "utf8").catch(() => undefined);
  if (outer === undefined) {
    return undefined;
  }
  // A virtual machine's processes aren't the sandbox's: its QEMU stands for its init.
  return isVirtual(id) ? Number(outer) : leaderOf(Number(outer));
}

/** Runs a command as root inside a machine, even if nobody can log in. */
export async function runInMachine(
  id: number,
  command: CommandLine,
  options: CommandOptions = {},
): Promise<Outcome> {
  const target = await leader(id);
  if (target === undefined) {
    throw new Error(
      `machine ${id} is off: nothing can run in it. The end of its console:\n${await endOfConsole(id)}`,
    );
  }
  const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"];
  const environment = [
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
  ];
  const clean: CommandLine = ["env", "-i", ...environment, ...command];
  return isVirtual(id)
    ? runByAgent(machineAt(id).agent, clean, options)
    : attempt(["nsenter", `--target=${target}`, ...namespaces, "--", ...clean], options);
}

/** Why a machine is off is often there. */
async function endOfConsole(id: number): Promise<string> {
  const text = await readFile(machineAt(id).console, "utf8").catch(() => "");
  return text.split("\n").slice(-20).join("\n");
}

/**
 * Reboots a machine from inside, by default as its owner or unattended-upgrades would; resolves when its next boot is
 * over.
 *
 * @param command reboots the machine, and doesn't wait for that
 * @returns systemd's state after that boot: "running", or "degraded" if a unit failed
 */
export async function rebootMachine(
  id: number,
  command: CommandLine = ["systemctl", "--no-block", "reboot"],
): Promise<string> {
  const before = await leader(id);
  // The shutdown may end the command that starts it, and the guest agent that waits for it.
  await runInMachine(id, command).catch((error: unknown) => {
    if (!(error instanceof NoAgent)) {
      throw error;
    }
  });
  await until(async () => {
    const now = await leader(id);
    return now !== undefined && now !== before;
  });
  return bootResult(id);
}

/** systemd's state when a machine's boot is over: "running", or "degraded" if a unit failed. */
export function bootResult(id: number): Promise<string> {
  return until(async () => {
    // Early in a boot, it answers "offline" or can't be reached. A machine that isn't on is about to start.
    const answer = await runInMachine(id, ["systemctl", "is-system-running", "--wait"]).catch(
      () => undefined,
    );
    return ["running", "degraded", "maintenance"].find((state) => state === answer?.stdout.trim());
  });
}

/** Everything that a machine has printed on its console. */
export function consoleOf(id: number): Promise<string> {
  return readFile(machineAt(id).console, "utf8");
}

/** Lets a frozen machine continue. */
function thaw(id: number): Promise<void> {
  return cgroup.thaw(machineAt(id).payload);
}

/** From now on machines freeze as soon as their init runs, so that a boot takes as long as a test wants. */
export function holdBoots(): Promise<void> {
  return boots.holdBoots(foldersOfThisRun());
}

/** Lets every held machine continue. New machines boot without a stop. */
export async function releaseBoots(): Promise<void> {
  await boots.stopHoldingBoots(foldersOfThisRun());
  await Promise.all((await machineIds()).map((id) => thaw(id).catch(() => undefined)));
}
