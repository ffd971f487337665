import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { UserError } from "../command/user-error.ts";
import { quietOptions, sshArguments } from "./arguments.ts";
import { exitOnSignals, writeKeyFile } from "./key-file.ts";
import type { Server } from "./server.ts";

/** Where a remote command's input comes from, and where its output goes. */
export interface Streams {
  /** Nothing, if not given. */
  input?: Readable;
  /** Gets the output, and ends the command when nobody reads it any more. Without it, the output is the script's. */
  reader?: Writable;
}

/**
 * Runs a command on the server whose output is seen as it comes. What it says on standard error is the script's.
 *
 * @returns its exit code; 0 where the reader has gone, 255 where there was no connection, of which ssh has told
 */
export async function streamRemotely(
  server: Server,
  command: string,
  { input, reader }: Streams = {},
): Promise<number> {
  exitOnSignals();
  const keyFile = writeKeyFile(server.deployKey);
  const child = spawn("ssh", sshArguments(server, keyFile.path, [command], quietOptions), {
    stdio: [input ? "pipe" : "ignore", reader ? "pipe" : "inherit", "inherit"],
  });
  const end = (): void => {
    child.kill();
    child.stdout?.destroy();
  };
  process.on("exit", end);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once("error", (error) => {
        reject(new UserError(`ssh can't be run (${error.message}). Is OpenSSH installed?`));
      });
      child.once("close", (code) => {
        resolve(code ?? 255);
      });
      // A command that has failed reads no further; its exit code says so.
      if (input && child.stdin) {
        input.pipe(child.stdin.on("error", () => undefined));
      }
      if (reader && child.stdout) {
        child.stdout.pipe(reader, { end: false });
        reader.once("error", () => {
          end();
          resolve(0);
        });
      }
    });
  } finally {
    process.removeListener("exit", end);
    keyFile.remove();
  }
}
