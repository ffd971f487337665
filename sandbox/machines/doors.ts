import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Places } from "../places.ts";
import { until } from "../until.ts";
import type { MachinePlaces } from "./machine-places.ts";

/** Stops every process of a machine where it is; its network stays up, and refuses connections nobody accepts. */
export async function freeze(machine: MachinePlaces): Promise<void> {
  await writeFile(join(machine.payload, "cgroup.freeze"), "1");
  await until(async () => {
    const events = await readFile(join(machine.payload, "cgroup.events"), "utf8");
    return events.includes("frozen 1") ? true : undefined;
  });
}

/** Lets a frozen machine go on. */
export async function thaw(machine: MachinePlaces): Promise<void> {
  await writeFile(join(machine.payload, "cgroup.freeze"), "0");
}

/** From now on machines freeze as soon as their init runs: a boot that takes as long as somebody wants. */
export async function holdBoots(places: Places): Promise<void> {
  await writeFile(heldBoots(places), "");
}

/** Machines boot without a stop again. */
export async function stopHoldingBoots(places: Places): Promise<void> {
  await rm(heldBoots(places), { force: true });
}

/** Whether machines freeze as soon as their init runs. */
export function holdsBoots(places: Places): boolean {
  return existsSync(heldBoots(places));
}

function heldBoots(places: Places): string {
  return join(places.doors, "hold-boots");
}
