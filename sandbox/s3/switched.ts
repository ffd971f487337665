import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { foldersOfThisRun } from "../run-folders.ts";

/** Keeps a store running, except while a control file exists. If it ends by itself, so does this process. */
export function keepRunning(file: string, start: () => ChildProcess): void {
  const { control } = foldersOfThisRun();
  let server: ChildProcess | undefined;
  const look = (): void => {
    if (existsSync(join(control, file))) {
      server?.kill("SIGKILL");
      server = undefined;
    } else if (server === undefined) {
      server = start();
      server.on("exit", (code) => {
        if (code !== null) {
          process.stderr.write(`The store ended with ${code}\n`);
          process.exit(1);
        }
      });
    }
  };
  look();
  setInterval(look, 100);
}

/** What the tests do with that file. */
export function switchOf(file: string) {
  const path = join(foldersOfThisRun().control, file);
  return {
    /** Nothing listens at its address until `goesUp`. */
    goesDown: () => writeFile(path, ""),
    goesUp: () => rm(path, { force: true }),
  };
}
