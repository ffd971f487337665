import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunFolders } from "../run-folders.ts";

// A control file, through which tests reach the data centre in its own process.

/** From now on machines freeze as soon as their init runs, so that a boot takes as long as a test wants. */
export async function holdBoots(folders: RunFolders): Promise<void> {
  await writeFile(controlFile(folders), "");
}

/** Machines boot without a stop again. */
export async function stopHoldingBoots(folders: RunFolders): Promise<void> {
  await rm(controlFile(folders), { force: true });
}

/** Whether machines freeze as soon as their init runs. */
export function holdsBoots(folders: RunFolders): boolean {
  return existsSync(controlFile(folders));
}

function controlFile(folders: RunFolders): string {
  return join(folders.control, "hold-boots");
}
