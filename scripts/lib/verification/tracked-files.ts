import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { oneLine } from "../../../binance/errors.ts";
import type { KeyPair } from "../../../binance/key-pair.ts";
import { type Judgement, proven } from "../../../checklist/finding.ts";

/**
 * Searches the files that git tracks for the secret, as they are in the folder and as they are staged.
 *
 * @param folder where to look for a repository, from here upwards
 */
export async function judgeTrackedFiles(pair: KeyPair, folder: string): Promise<Judgement> {
  const repository = repositoryAround(resolve(folder));
  if (repository === undefined) {
    return { verdict: "pass", known: proven, detail: "This folder is in no git repository." };
  }
  const patterns = patternsOf(pair);
  const [files, staged] = await Promise.all([
    search(repository, patterns, []),
    search(repository, patterns, ["--cached"]),
  ]);
  if (files === undefined || staged === undefined) {
    return {
      verdict: "unknown",
      known: undefined,
      detail: "git could not search the repository that this folder is in.",
      remedy: "See what `git status` says here, and run this again.",
    };
  }
  const found = [...new Set([...files, ...staged])];
  if (found.length === 0) {
    return { verdict: "pass", known: proven, detail: "No tracked or staged file holds it." };
  }
  return {
    verdict: "fail",
    known: proven,
    detail: `It is in ${found
      .slice(0, 5)
      .map((name) => oneLine(name.replaceAll(pair.apiSecret, "[…]")))
      .join(", ")}.`,
    remedy:
      "Delete the key at Binance and create a new one: what git has stored once, every clone has. Then take it out of the file.",
  };
}

/** The lines to search for, besides the text itself in two codings. A PEM text is as good as its inner lines. */
export function patternsOf({ apiSecret }: KeyPair): string[] {
  if (apiSecret.includes("-----BEGIN")) {
    return apiSecret
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter((line) => line.length >= 24 && !line.startsWith("-----"));
  }
  return [
    apiSecret,
    Buffer.from(apiSecret).toString("hex"),
    Buffer.from(apiSecret).toString("base64").replace(/=+$/, ""),
  ];
}

/** @returns the nearest folder from here upwards that is a repository, or undefined */
export function repositoryAround(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) {
    return folder;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryAround(parent);
}

/** @returns the files' names, or undefined where git couldn't search */
async function search(repository: string, patterns: string[], more: string[]): Promise<string[] | undefined> {
  // The patterns come by standard input: an argument could be seen in the list of processes.
  const words = ["grep", "-l", "-z", "-F", "--text", "--full-name", ...more, "-f", "-"];
  const child = spawn("git", ["-C", repository, "-c", "grep.fallbackToNoIndex=false", ...words], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => undefined).end(`${patterns.join("\n")}\n`);
  const ended = new Promise<number | null>((done) => {
    child.once("error", () => {
      done(null);
    });
    child.once("close", done);
  });
  const [code, names] = await Promise.all([ended, text(child.stdout)]);
  if (code !== 0 && code !== 1) {
    return undefined;
  }
  return names.split("\0").filter(Boolean);
}
