import { execFileSync } from "node:child_process";
import { closeSync, openSync, readSync } from "node:fs";
import type { Command } from "../runner/process.ts";

/** One step of `npm run check`. */
export interface Step {
  name: string;
  command: Command;
  /** A program that isn't among the npm packages, and the package of Debian and Ubuntu that has it. */
  needs?: { program: string; debianPackage: string };
  /** It runs inside the sandbox, which needs Linux and root. */
  inSandbox?: true;
}

/** Everything that reads the code without running it. A new check is a new entry here. */
export function steps(): Step[] {
  const files = filesInGit();
  const shell = files.filter((file) => file.endsWith(".sh") || isFor(/(env )?(ba|da)?sh( |$)/, file));
  const python = files.filter((file) => file.endsWith(".py") || isFor(/(env )?python3/, file));
  return [
    { name: "formatter", command: ["prettier", "--check", "--log-level", "warn", "."] },
    { name: "linter", command: ["eslint", "."] },
    { name: "types", command: ["tsc"] },
    {
      name: "directions of imports",
      command: ["depcruise", "--config", ".dependency-cruiser.js", ...foldersWithCode(files)],
    },
    { name: "dead code", command: ["knip"] },
    { name: "words", command: [process.execPath, "test/checks/words.ts"] },
    {
      name: "shell scripts",
      command: ["shellcheck", ...shell],
      needs: { program: "shellcheck", debianPackage: "shellcheck" },
    },
    {
      name: "Python",
      command: ["pyflakes3", ...python],
      needs: { program: "pyflakes3", debianPackage: "pyflakes3" },
    },
    {
      name: "systemd units",
      command: ["bash", "sandbox/run.sh", "exec", "bash", "test/checks/verify-units.sh"],
      inSandbox: true,
    },
  ];
}

function filesInGit(): string[] {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const deleted = execFileSync("git", ["ls-files", "-z", "--deleted"], { encoding: "utf8" }).split("\0");
  return execFileSync("git", list, { encoding: "utf8" })
    .split("\0")
    .filter((file) => file !== "" && !deleted.includes(file));
}

/** Whether the first line of a file names such an interpreter: on the server, names have no suffix. */
function isFor(interpreter: RegExp, file: string): boolean {
  if (/\.[a-z0-9]+$/i.test(file)) {
    return false;
  }
  const start = Buffer.alloc(80);
  const descriptor = openSync(file, "r");
  readSync(descriptor, start);
  closeSync(descriptor);
  return new RegExp(`^#!.*/${interpreter.source}`).test(start.toString().split("\n")[0] ?? "");
}

function foldersWithCode(files: readonly string[]): string[] {
  const code = files.filter((file) => /\.(ts|js|cjs)$/.test(file) && file.includes("/"));
  return ["index.ts", ...new Set(code.map((file) => file.slice(0, file.indexOf("/"))))];
}
