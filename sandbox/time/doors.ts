import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Places } from "../places.ts";

// What tests tell the time servers by way of a file, as they live in another process.

/** From now on no time server answers. */
export async function silenceTimeServers(places: Places): Promise<void> {
  await writeFile(silence(places), "");
}

/** The time servers answer again. */
export async function letTimeServersAnswer(places: Places): Promise<void> {
  await rm(silence(places), { force: true });
}

/** Whether the time servers keep silent. */
export function areTimeServersSilent(places: Places): boolean {
  return existsSync(silence(places));
}

function silence(places: Places): string {
  return join(places.doors, "silent-time-servers");
}
