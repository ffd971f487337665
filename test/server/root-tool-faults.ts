import { execFile as execFileCallback } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const execFile = promisify(execFileCallback);
const folder = join(import.meta.dirname, "root_tools");

/** The files of the root tools' tests that kill a tool at every step. */
export const withKills = testsThat("kill_everywhere");

/** Those in which something else happens before every step of a tool. */
export const withRaces = testsThat("at_each_step");

function testsThat(call: string): string[] {
  return readdirSync(folder).filter(
    (name) => name.startsWith("test_") && readFileSync(join(folder, name), "utf8").includes(`self.${call}(`),
  );
}

/** Runs the tests that kill a tool with faults of system calls, as root_tools/faults.py describes. */
export function runWithFaults(file: string, faults: "sample" | "all"): Promise<string> {
  return run(file, faults, ["-k", "kill"]);
}

/** Runs the tests that kill a tool, before each of its steps and not only before a part of them. */
export function runWithKills(file: string): Promise<string> {
  return run(file, "steps", ["-k", "kill"]);
}

/** Runs all tests of a file, at every step instead of a few. */
export function runAllSteps(file: string): Promise<string> {
  return run(file, "all", []);
}

async function run(file: string, faults: string, args: string[]): Promise<string> {
  const { stderr } = await execFile("python3", ["-B", join(folder, file), ...args], {
    env: { ...process.env, FAULTS: faults },
  });
  if (!/^Ran [1-9]/m.test(stderr)) {
    throw new Error(`No test of ${file} is named after what kills the tool:\n${stderr}`);
  }
  return stderr;
}
