import { resolve } from "node:path";
import { type ConfiguredKeyPair, isMade } from "../../../binance/key-pair.ts";
import { oneLine } from "../../../binance/text.ts";
import { type Judgement, onlyOnServer, proven } from "../../../checklist/finding.ts";
import { git, repositoryOf } from "../git/repository.ts";
import { StartError } from "../process/run.ts";
import { secretPatterns } from "../stack/secret-patterns.ts";

/** If the secret is in more files, the rest isn't named. */
const maximumNames = 5;

/**
 * Searches the files that git tracks for the secret, both as they are in the folder and as they are staged.
 *
 * @param folder the repository is this folder or the nearest one above it
 */
export async function judgeTrackedFiles(keyPair: ConfiguredKeyPair, folder: string): Promise<Judgement> {
  if (isMade(keyPair)) {
    return onlyOnServer;
  }
  const { apiSecret } = keyPair;
  const repository = repositoryOf(resolve(folder));
  if (repository === undefined) {
    return { verdict: "pass", known: proven, detail: "This folder isn't in a git repository." };
  }
  const patterns = secretPatterns(apiSecret);
  const [files, staged] = await Promise.all([
    search(repository, patterns, []),
    search(repository, patterns, ["--cached"]),
  ]);
  if (files === undefined || staged === undefined) {
    return {
      verdict: "unknown",
      known: undefined,
      detail: "git could not search this folder's repository.",
      remedy: "See what `git status` reports here, and run this again.",
    };
  }
  const found = [...new Set([...files, ...staged])];
  if (found.length === 0) {
    return { verdict: "pass", known: proven, detail: "No tracked or staged file contains it." };
  }
  const names = found.slice(0, maximumNames).map((name) => oneLine(name.replaceAll(apiSecret, "[…]")));
  return {
    verdict: "fail",
    known: proven,
    detail: `It is in ${names.join(", ")}.`,
    remedy:
      "Delete the key at Binance and create a new one, because every clone of the repository has what git once stored. Then remove it from the file.",
  };
}

/** @returns the files' names, or undefined if git could not search */
async function search(repository: string, patterns: string[], more: string[]): Promise<string[] | undefined> {
  const grep = ["grep", "-l", "-z", "-F", "--text", "--full-name", ...more, "-f", "-"];
  try {
    // The patterns go to standard input, because other users can see command lines.
    const { code, stdout } = await git(
      repository,
      ["-c", "grep.fallbackToNoIndex=false", ...grep],
      `${patterns.join("\n")}\n`,
    );
    return code === 0 || code === 1 ? stdout.split("\0").filter(Boolean) : undefined;
  } catch (error) {
    if (error instanceof StartError) {
      return undefined;
    }
    throw error;
  }
}
