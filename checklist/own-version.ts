import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

const manifest = z.object({ version: z.string() });

/** The version of this project that is in this folder. */
export function versionOfProgram(): string {
  return manifest.parse(JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8")))
    .version;
}
