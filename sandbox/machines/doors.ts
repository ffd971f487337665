import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Places } from "../places.ts";

// What tests tell the data centre by way of a file, as it lives in another process.

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
