import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

/** A private key in a file, because ssh takes it in no other way. */
export interface KeyFile {
  path: string;
  /** Removes it. It may be called twice. */
  remove: () => void;
}

/** Writes a key that no other user can read: in memory, if the system has a folder for that. */
export function writeKeyFile(privateKey: string): KeyFile {
  const folder = mkdtempSync(join(process.env.XDG_RUNTIME_DIR ?? tmpdir(), "trading-bot-server-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
    process.removeListener("exit", remove);
  };
  // However the process ends, the file is removed.
  process.on("exit", remove);
  const path = join(folder, "deploy-key");
  writeFileSync(path, privateKey, { mode: 0o600 });
  return { path, remove };
}

/** Writes a server's deploy key to a file for as long as `use` runs. */
export async function withKeyFile<T>(
  { deployKey }: { deployKey: string },
  use: (path: string) => Promise<T>,
): Promise<T> {
  const keyFile = writeKeyFile(deployKey);
  try {
    return await use(keyFile.path);
  } finally {
    keyFile.remove();
  }
}

/** Ends the process on these signals by `process.exit`, so that key files are removed. */
export function exitOnSignals(signals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"]): void {
  for (const signal of signals) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
