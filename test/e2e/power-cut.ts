import { readFile } from "node:fs/promises";
import type { Outcome } from "../../sandbox/command.ts";
import { machineAt } from "../../sandbox/machines/inspect.ts";
import { until } from "../../sandbox/until.ts";
import { hetzner } from "./hetzner.ts";
import type { Server } from "./server.ts";

// A virtual machine whose power is cut while a command of ours works on it. A point is a number of the machine's writes to its
// devices, and not a time.

/** How far the machine had got. */
export interface Cut {
  outcome: Outcome;
  /** The writes since the command began. */
  writes: number;
  /** Whether the command had ended before. */
  hadEnded: boolean;
}

/** Runs a command, and counts the writes that the server does meanwhile. */
export async function countWrites(server: Server, command: () => Promise<Outcome>): Promise<Cut> {
  return cutPower(server, command, Infinity);
}

/**
 * Runs a command, and cuts the server's power as soon as it has written so many times, or when the command has ended. Then
 * turns the server on again, as Hetzner does after a power cut. Returns when the command has ended.
 */
export async function cutPower(server: Server, command: () => Promise<Outcome>, at: number): Promise<Cut> {
  const before = await writesOf(server.id);
  let isOver = false;
  const ended = command().finally(() => {
    isOver = true;
  });
  ended.catch(() => undefined);
  const cut = await until(async () => {
    const hadEnded = isOver;
    const writes = (await writesOf(server.id)) - before;
    return hadEnded || writes >= at ? { writes, hadEnded } : undefined;
  });
  if (at !== Infinity) {
    await power(server, "poweroff", "off");
    await power(server, "poweron", "running");
  }
  return { ...cut, outcome: await ended };
}

/** The writes of its QEMU: to its disk, its network and its console. */
async function writesOf(id: number): Promise<number> {
  const process = (await readFile(machineAt(id).processId, "utf8")).trim();
  return Number(/^syscw: (\d+)$/m.exec(await readFile(`/proc/${process}/io`, "utf8"))?.[1]);
}

/** What its owner does in Hetzner's Console. */
async function power(server: Server, action: "poweroff" | "poweron", status: string): Promise<void> {
  const reply = await fetch(`https://api.hetzner.cloud/v1/servers/${server.id}/actions/${action}`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` },
  });
  if (!reply.ok) {
    throw new Error(`Hetzner refuses ${action}: ${await reply.text()}`);
  }
  await until(async () =>
    (await hetzner.servers()).some((one) => one.id === server.id && one.status === status),
  );
}
