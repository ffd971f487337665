import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { capture, type Output } from "../process/run.ts";

/** @returns the nearest folder, from here upwards, that is a git repository; undefined if there is none */
export function repositoryOf(folder: string): string | undefined {
  if (existsSync(join(folder, ".git"))) {
    return folder;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : repositoryOf(parent);
}

/** Runs git in a folder. */
export function git(folder: string, args: string[], input?: string): Promise<Output> {
  return capture("git", ["-C", folder, ...args], input === undefined ? {} : { input });
}
