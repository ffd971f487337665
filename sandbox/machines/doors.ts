import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunFolders } from "../run-folders.ts";

// What tests tell the data centre by way of a file, as it lives in another process.

/** From now on machines freeze as soon as their init runs: a boot that takes as long as somebody wants. */
export async function holdBoots(folders: RunFolders): Promise<void> {
  await writeFile(heldBoots(folders), "");
}

/** Machines boot without a stop again. */
export async function stopHoldingBoots(folders: RunFolders): Promise<void> {
  await rm(heldBoots(folders), { force: true });
}

/** Whether machines freeze as soon as their init runs. */
export function holdsBoots(folders: RunFolders): boolean {
  return existsSync(heldBoots(folders));
}

function heldBoots(folders: RunFolders): string {
  return join(folders.control, "hold-boots");
}
