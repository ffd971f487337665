import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** A private key in a file, which is all that ssh takes. */
export interface KeyFile {
  path: string;
  /** Removes it. It may be called twice. */
  remove: () => void;
}

/** In memory where the system has such a folder, and in any case nobody else's to read. */
export function writeKeyFile(privateKey: string): KeyFile {
  const folder = mkdtempSync(join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), "trading-bot-server-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.removeListener("exit", remove);
  };
  // Whoever ends the process, the file goes with it.
  process.on("exit", remove);
  const path = join(folder, "deploy-key");
  writeFileSync(path, privateKey, { mode: 0o600 });
  return { path, remove };
}

/** Lets a signal end the process as an exit does, so that key files go with it. For scripts that wait for nothing else. */
export function exitOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
