import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// Which pair the last check was about, whatever its verdict. The pair may be replaced while it is checked, so root
// compares: only a verdict on the live pair counts (root_tools/passes.py). In memory, so that a full disk doesn't matter.

const name = "checked";

/** Says that the last check doesn't count. */
export function forgetCheckedPair(directory: string): void {
  rmSync(join(directory, name), { force: true });
}

export function writeCheckedPair(directory: string, fingerprint: string): void {
  const staged = join(directory, `.${name}`);
  writeFileSync(staged, fingerprint, { mode: 0o600 });
  renameSync(staged, join(directory, name));
}
