import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

/** A Python program that looks for everything that the sandbox around it lets it connect to or write to. */
export const walk = readFileSync(join(import.meta.dirname, "bots/walk.py"), "utf8");

const found = z.object({
  sockets: z.array(z.string()),
  pipes: z.array(z.string()),
  writable: z.array(z.string()),
  /** By folder, the number of the filesystem that it is on. */
  filesystems: z.record(z.string(), z.coerce.string()),
  controlGroup: z.string(),
});

/** What the program has printed. */
export function foundByWalk(output: string): z.infer<typeof found> {
  return found.parse(JSON.parse(output));
}
