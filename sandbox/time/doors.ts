import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunFolders } from "../run-folders.ts";

// What tests tell the time servers by way of a file, as they live in another process.

/** From now on no time server answers. */
export async function silenceTimeServers(folders: RunFolders): Promise<void> {
  await writeFile(silence(folders), "");
}

/** The time servers answer again. */
export async function letTimeServersAnswer(folders: RunFolders): Promise<void> {
  await rm(silence(folders), { force: true });
}

/** Whether the time servers keep silent. */
export function areTimeServersSilent(folders: RunFolders): boolean {
  return existsSync(silence(folders));
}

function silence(folders: RunFolders): string {
  return join(folders.control, "silent-time-servers");
}
