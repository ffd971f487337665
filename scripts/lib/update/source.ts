import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { oneLine } from "../../../binance/text.ts";
import { UserError } from "../command/user-error.ts";
import { git, repositoryOf } from "../git/repository.ts";

/** This program's folder, which is a clone of its repository. */
export interface Source {
  folder: string;
  /** The version that is here. */
  current: string;
  /** The newest one, and its changelog. */
  next: { commit: string; version: string; changelog: string };
  /** Whether everything of it is here already. */
  isNewest: boolean;
}

const manifest = z.object({ version: z.string() });

/**
 * Asks the repository that this folder was cloned from for its newest version. It changes nothing in the folder.
 *
 * @throws UserError if this isn't a clone, or the repository can't be reached
 */
export async function fetchSource(folder: string): Promise<Source> {
  if (repositoryOf(folder) !== folder) {
    throw new UserError(
      `${folder} isn't a clone of this program's repository, so it can't be updated here. Clone the repository, and copy your Pulumi.*.yaml into the clone.`,
    );
  }
  const { stdout: upstream, code } = await git(folder, ["rev-parse", "--abbrev-ref", "@{upstream}"]);
  if (code !== 0) {
    throw new UserError(
      "This clone follows no branch of another repository. Set one, such as: git branch --set-upstream-to=origin/main",
    );
  }
  await must(folder, ["fetch", "--quiet"], `${oneLine(upstream)} can't be fetched`);
  const commit = await must(folder, ["rev-parse", "@{upstream}"], "The newest version can't be found");
  const text = async (name: string, of: string) =>
    must(folder, ["show", `${of}:${name}`], `${name} can't be read`);
  const isIn = await git(folder, ["merge-base", "--is-ancestor", commit.trim(), "HEAD"]);
  return {
    folder,
    current: versionIn(await text("package.json", "HEAD")),
    next: {
      commit: commit.trim(),
      version: versionIn(await text("package.json", commit.trim())),
      changelog: await text("CHANGELOG.md", commit.trim()),
    },
    isNewest: isIn.code === 0,
  };
}

/**
 * Merges the newest version into the folder. Settings that were changed or committed stay as they are, because no version
 * changes them.
 *
 * @throws UserError if something else was changed here too, and nothing is changed then
 */
export async function mergeNewest({ folder, next }: Source): Promise<void> {
  const { code, stderr, stdout } = await git(folder, ["merge", "--no-edit", "--quiet", next.commit]);
  if (code === 0) {
    return;
  }
  // A conflict. Without one, there is nothing to give up, and git has changed nothing.
  await git(folder, ["merge", "--abort"]);
  throw new UserError(
    `Version ${next.version} can't be merged with what was changed in this folder, and nothing was changed. git printed:\n${(stderr + stdout).trim()}\nKeep your own changes somewhere else, such as on another branch, and run this again. Pulumi.*.yaml is never in the way.`,
  );
}

function versionIn(json: string): string {
  const { data } = manifest.safeParse(parseJson(json));
  if (data === undefined) {
    throw new UserError("package.json has no version. Is this a clone of this program's repository?");
  }
  return oneLine(data.version);
}

async function must(folder: string, args: string[], failure: string): Promise<string> {
  const { code, stdout, stderr } = await git(folder, args);
  if (code !== 0) {
    throw new UserError(`${failure}. git printed:\n${stderr.trim()}`);
  }
  return stdout;
}
