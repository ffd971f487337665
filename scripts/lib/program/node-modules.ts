import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";

const description = z.looseObject({ dependencies: z.record(z.string(), z.unknown()).optional() });

/** Node's name of a processor, by what `uname --machine` calls it. */
const processors: Record<string, string> = { x86_64: "x64", aarch64: "arm64" };

/** How a folder's packages of npm come: by its lock file, not at all, or in a way that nothing here can follow. */
export function nodeModulesOf(folder: string): "locked" | "none" | "unlocked" {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) {
    return "none";
  }
  if (existsSync(join(folder, "package-lock.json"))) {
    return "locked";
  }
  const { data } = description.safeParse(parseJson(readFileSync(manifest, "utf8")));
  const needsPackages = Object.keys(data?.dependencies ?? {}).length > 0;
  return needsPackages && !existsSync(join(folder, "node_modules")) ? "unlocked" : "none";
}

/**
 * The words of an npm that installs what the lock file names, for the server's processor and with no package's
 * own scripts: those would run on this computer, and for it.
 *
 * @param machine what `uname --machine` says on the server
 */
export function npmWords(folder: string, machine: string): string[] {
  const cpu = processors[machine];
  if (cpu === undefined) {
    throw new UserError(`No package of npm is known to run on the server's ${machine}.`);
  }
  const target = ["--os=linux", "--libc=glibc", `--cpu=${cpu}`];
  // The folder is named: under `npm run`, npm takes this project's.
  return ["ci", `--prefix=${folder}`, "--omit=dev", "--ignore-scripts", ...target, "--no-audit", "--no-fund"];
}

/** Installs a Node program's packages into its folder. What npm says goes to standard error. */
export async function installNodeModules(folder: string, machine: string): Promise<void> {
  const child = spawn("npm", npmWords(folder, machine), { cwd: folder, stdio: ["ignore", 2, 2] });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => {
      reject(
        new UserError(`npm can't be run (${error.message}), which the program's package-lock.json needs.`),
      );
    });
    child.once("close", resolve);
  });
  if (code !== 0) {
    throw new UserError("npm could not install the program's packages; its reason is above.");
  }
}
