import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { describeTrouble } from "../../../binance/errors.ts";
import { UserError } from "../command/user-error.ts";
import { quietOptions, sshArguments } from "./arguments.ts";
import { sshTrouble } from "./failure.ts";
import { exitOnSignals, writeKeyFile } from "./key-file.ts";
import type { Server } from "./server.ts";

/** What a command on the server said, and how it ended. */
export interface RemoteOutcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs a command on the server, over a connection of its own.
 *
 * @throws UserError where there was no connection
 */
export async function runRemotely(server: Server, command: string, stdin = ""): Promise<RemoteOutcome> {
  exitOnSignals();
  const keyFile = writeKeyFile(server.deployKey);
  try {
    const child = spawn("ssh", sshArguments(server, keyFile.path, [command], quietOptions));
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", (error) => {
        reject(new UserError(`ssh can't be run (${error.message}). Is OpenSSH installed?`));
      });
      child.once("close", resolve);
    });
    child.stdin.on("error", () => undefined).end(stdin);
    const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    if (code === 255) {
      throw new UserError(`${server.host} can't be reached: ${describeTrouble(sshTrouble(stderr))}.`);
    }
    return { code: code ?? 1, stdout, stderr };
  } finally {
    keyFile.remove();
  }
}
