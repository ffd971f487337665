import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../command/user-error.ts";

/**
 * Makes sure that no second `npm run replace` or `npm run rebuild` works on the stack: if one of them failed, it would start
 * the bot while the other deletes its disk. The lock of a process that was killed doesn't count.
 *
 * @throws UserError if there is one
 */
export function lockReplacement(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, "lock");
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (!(error instanceof Error) || !("code" in error) || error.code !== "EEXIST") {
        throw error;
      }
    }
    const holder = Number(readFileSync(file, "utf8"));
    if (isAlive(holder)) {
      throw new UserError(
        `Another \`npm run replace\`, \`npm run rebuild\` or \`npm run failover\` runs on this stack (process ${holder}). Wait until it has ended. If that process is something else, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
  }
  process.on("exit", () => {
    rmSync(file, { force: true });
  });
}

function isAlive(pid: number): boolean {
  // An empty file: the process was killed before it could write its id.
  if (!Number.isInteger(pid) || pid <= 0) {
    return false;
  }
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
