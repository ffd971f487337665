import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";

/** What an emulator logs if it could not reply as the real service does. Its own tests expect these words. */
const noReply = /\b(not emulated: |the emulator failed at )/;

/**
 * Jest calls this once, after all tests of a sandbox run. The run fails if an emulator got a request that it doesn't
 * emulate: what the program made of the reply says nothing about the real service.
 */
export default async function failIfNotEmulated(): Promise<void> {
  const { logs } = foldersOfThisRun();
  const lines: string[] = [];
  for (const name of await readdir(logs)) {
    const log = await readFile(join(logs, name), "utf8");
    lines.push(...log.split("\n").filter((line) => noReply.test(line)));
  }
  if (lines.length > 0) {
    throw new Error(
      `The sandbox could not reply to these requests as the real service does:\n${lines.join("\n")}`,
    );
  }
}
