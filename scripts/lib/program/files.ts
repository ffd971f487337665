import { lstatSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "../command/user-error.ts";
import { git, repositoryOf } from "../git/repository.ts";

/** Folders that are made again, here or on the server, or that the server doesn't need. */
const skippedFolders = new Set([".git", "node_modules", ".venv", "__pycache__"]);

/**
 * The files of a program: in a git repository, those that git tracks or would track; elsewhere, all except the skipped
 * folders.
 *
 * @returns paths in the folder, sorted; links count as files
 */
export async function programFiles(folder: string): Promise<string[]> {
  const files = (await isTrackable(folder)) ? await listByGit(folder) : listByWalk(folder);
  return [...new Set(files)].sort();
}

/** A folder that its repository ignores as a whole is treated like one outside of a repository. */
async function isTrackable(folder: string): Promise<boolean> {
  return (
    repositoryOf(resolve(folder)) !== undefined &&
    (await git(folder, ["check-ignore", "--quiet", "."])).code !== 0
  );
}

async function listByGit(folder: string): Promise<string[]> {
  const { code, stdout, stderr } = await git(folder, ["ls-files", "-z", "-co", "--exclude-standard"]);
  // Without git's answer, files that it ignores could be uploaded.
  if (code !== 0) {
    throw new UserError(`git can't list the files of ${folder}. It printed:\n${stderr.trim()}`);
  }
  const lists = stdout
    .split("\0")
    .filter(Boolean)
    .map(async (name) => {
      const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
      // Git lists a deleted file until its deletion is committed.
      if (found === undefined) {
        return [];
      }
      // A repository inside of this one is listed as a folder.
      return found.isDirectory() ? within(name, await programFiles(join(folder, name))) : [join(name)];
    });
  return (await Promise.all(lists)).flat();
}

function listByWalk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skippedFolders.has(name))
    .flatMap((entry) =>
      entry.isDirectory() ? within(entry.name, listByWalk(join(folder, entry.name))) : [entry.name],
    );
}

function within(folder: string, files: string[]): string[] {
  return files.map((name) => join(folder, name));
}
