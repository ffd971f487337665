import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { stream } from "../process/run.ts";

const manifest = z.looseObject({ dependencies: z.record(z.string(), z.unknown()).optional() });

/** Node.js's names of processors, by the names that `uname --machine` prints. */
const processors: Record<string, string> = { x86_64: "x64", aarch64: "arm64" };

/** Whether a folder's npm packages can be installed from its lock file, aren't needed, or can't be installed. */
export function nodeModulesOf(folder: string): "locked" | "none" | "unlocked" {
  const file = join(folder, "package.json");
  if (!existsSync(file)) {
    return "none";
  }
  if (existsSync(join(folder, "package-lock.json"))) {
    return "locked";
  }
  const { data } = manifest.safeParse(parseJson(readFileSync(file, "utf8")));
  const needsPackages = Object.keys(data?.dependencies ?? {}).length > 0;
  return needsPackages && !existsSync(join(folder, "node_modules")) ? "unlocked" : "none";
}

/** Installs a Node.js program's packages into its folder. npm's output goes to standard error. */
export async function installNodeModules(folder: string, machine: string): Promise<void> {
  const code = await stream("npm", npmArguments(folder, machine), {
    output: "stderr",
    cwd: folder,
    // npm would read compiled code from a known name in the shared folder for temporary files.
    environment: { NODE_DISABLE_COMPILE_CACHE: "1" },
  });
  if (code !== 0) {
    throw new UserError("npm could not install the program's packages. Its message is above.");
  }
}

/**
 * Arguments for npm to install what the lock file names, for the server's processor, and without any package's own
 * scripts: those would run on this computer.
 *
 * @param machine what `uname --machine` prints on the server
 */
function npmArguments(folder: string, machine: string): string[] {
  const cpu = processors[machine];
  if (cpu === undefined) {
    throw new UserError(`npm packages can't be installed for the server's processor type, ${machine}.`);
  }
  const target = ["--os=linux", "--libc=glibc", `--cpu=${cpu}`];
  // With `npm run`, npm would take this project's folder, so the program's is named.
  return ["ci", `--prefix=${folder}`, "--omit=dev", "--ignore-scripts", ...target, "--no-audit", "--no-fund"];
}
