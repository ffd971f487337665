import { execFile as execFileCallback } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const execFile = promisify(execFileCallback);
const folder = join(import.meta.dirname, "root_tools");

/** The files of the root tools' tests that kill a tool at every step. */
export const withKills = readdirSync(folder).filter(
  (name) => name.startsWith("test_") && readFileSync(join(folder, name), "utf8").includes("kill_everywhere"),
);

/** Runs these tests with faults of system calls, as root_tools/faults.py describes. */
export async function runWithFaults(file: string, faults: "sample" | "all"): Promise<string> {
  const { stderr } = await execFile("python3", ["-B", join(folder, file), "-k", "kill"], {
    env: { ...process.env, FAULTS: faults },
  });
  return stderr;
}
