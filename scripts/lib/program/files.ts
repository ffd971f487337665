import { spawnSync } from "node:child_process";
import { lstatSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../command/user-error.ts";
import { repositoryAround } from "../verification/tracked-files.ts";

/** What is made anew, here or on the server, or is of no use there. */
const leftOut = new Set([".git", "node_modules", ".venv", "__pycache__"]);

/**
 * The files of a program: in a git repository what git tracks or would track, and elsewhere all of the folder
 * but what is made anew.
 *
 * @returns paths in the folder, sorted; links count as files
 */
export function programFiles(folder: string): string[] {
  const files = isForGit(folder) ? listedByGit(folder) : listedByWalk(folder);
  return [...new Set(files)].sort();
}

/** A folder that its repository ignores as a whole is packed like one outside of it. */
function isForGit(folder: string): boolean {
  return (
    repositoryAround(resolve(folder)) !== undefined &&
    git(folder, ["check-ignore", "--quiet", "."]).status !== 0
  );
}

function listedByGit(folder: string): string[] {
  const { status, stdout, stderr, error } = git(folder, ["ls-files", "-z", "-co", "--exclude-standard"]);
  // Without git's word on what to ignore, what must stay here could travel along.
  if (status !== 0) {
    throw new UserError(
      `git can't list the files of ${folder}. ${error?.message ?? `It says:\n${stderr.trim()}`}`,
    );
  }
  return stdout
    .split("\0")
    .filter(Boolean)
    .flatMap((name) => {
      const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
      // Git lists a file that was deleted until that is committed.
      if (found === undefined) {
        return [];
      }
      // A repository inside of this one is listed as one folder.
      return found.isDirectory() ? within(name, programFiles(join(folder, name))) : [join(name)];
    });
}

function listedByWalk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !leftOut.has(name))
    .flatMap((entry) =>
      entry.isDirectory() ? within(entry.name, listedByWalk(join(folder, entry.name))) : [entry.name],
    );
}

function within(folder: string, files: string[]): string[] {
  return files.map((name) => join(folder, name));
}

function git(folder: string, words: string[]) {
  return spawnSync("git", ["-C", folder, ...words], { encoding: "utf8", maxBuffer: 2 ** 28 });
}
