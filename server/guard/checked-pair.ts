import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Which pair has passed the check. Root records it (root_tools/passes.py): only a bot with this pair may start. In memory,
// so that a full disk doesn't matter.

const name = "checked";

/** Says that no pair has passed yet. */
export function forgetCheckedPair(directory: string): void {
  rmSync(join(directory, name), { force: true });
}

export function writeCheckedPair(directory: string, fingerprint: string): void {
  const staged = join(directory, `.${name}`);
  writeFileSync(staged, fingerprint, { mode: 0o600 });
  renameSync(staged, join(directory, name));
}
