import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { stream } from "../process/run.ts";

/** What npm writes, for what should be installed and for what is. */
const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      optional: z.boolean().optional(),
      link: z.boolean().optional(),
    }),
  ),
});
type LockFile = z.output<typeof lockFile>;

const nothing: LockFile = { packages: {} };

/** Which packages are not installed as the project wants them: other versions, or missing ones. */
export function outdatedPackages(wanted: LockFile, installed: LockFile): string[] {
  return Object.entries(wanted.packages)
    .filter(
      ([path, { dev, devOptional, optional, link }]) =>
        path !== "" && !(dev ?? devOptional ?? optional ?? link),
    )
    .filter(([path, { version }]) => installed.packages[path]?.version !== version)
    .map(([path]) => path);
}

/** Installs the project's packages, if they aren't installed as it wants them. @throws UserError */
export async function installPackages(folder: string): Promise<void> {
  const wanted = await read(join(folder, "package-lock.json"));
  const installed = await read(join(folder, "node_modules/.package-lock.json"));
  if (outdatedPackages(wanted, installed).length === 0) {
    return;
  }
  // People who work on the project have its tools as well.
  const hasTools = Object.values(installed.packages).some(({ dev }) => dev === true);
  const args = ["ci", ...(hasTools ? [] : ["--omit=dev"]), "--no-audit", "--no-fund"];
  process.stdout.write(`npm ${args.join(" ")}\n`);
  if ((await stream("npm", args, { cwd: folder })) !== 0) {
    throw new UserError("The packages are not installed completely. Run `npm run update` again.");
  }
}

async function read(file: string): Promise<LockFile> {
  const text = await readFile(file, "utf8").catch(() => "");
  return lockFile.safeParse(parseJson(text)).data ?? nothing;
}
