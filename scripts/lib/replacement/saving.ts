import { closeSync, createWriteStream, fsyncSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { sizeText } from "../backup/size.ts";
import { UserError } from "../command/user-error.ts";
import type { Output } from "../process/run.ts";
import { NoConnection, runRemotely, streamRemotely } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";
import { readArchive, sha256Of } from "./archive.ts";
import { moveDurably, type SavedState } from "./journal.ts";
import { type Kind, texts } from "./kind.ts";

/** A way to run commands on a server. */
export interface Connection {
  run: (command: string) => Promise<Output>;
  /** @returns the exit code */
  stream: (command: string, output: Writable) => Promise<number>;
}

/** By the deploy key. */
export function connectionTo(server: Server): Connection {
  return {
    run: (command) => runRemotely(server, command),
    stream: (command, output) => streamRemotely(server, command, { output }),
  };
}

/** @throws UserError if the server's files are of a version that can't save a state */
export async function requireTool(server: Server, kind: Kind): Promise<void> {
  const { code } = await connect(server, kind, "sudo sh -c 'command -v bot-state'");
  if (code !== 0) {
    throw new UserError(
      "The server can't save the bot's state yet, because an older version installed its tools. Run `pulumi up`, and then this again.",
    );
  }
}

/** @throws NoConnection that says what to do about a dead server */
async function connect(server: Server, kind: Kind, command: string): Promise<Output> {
  try {
    return await runRemotely(server, command);
  } catch (error) {
    if (error instanceof NoConnection) {
      throw new NoConnection(`${error.message}\n${texts[kind].withoutConnection}`, error.failure);
    }
    throw error;
  }
}

/** Stops the bot, and keeps it off until `releaseBot`: what it wrote after it was saved would be lost. */
export async function holdBot(connection: Connection): Promise<void> {
  const { code, stderr } = await connection.run("sudo bot-state hold");
  if (code !== 0) {
    throw new UserError(`The bot could not be stopped. The server reported:\n${stderr.trim()}`);
  }
}

/**
 * Ends the hold and starts the bot, unless it was stopped by hand or can't start. The server's report is shown.
 *
 * @returns 0; 1 if the bot doesn't run; 255 if there was no connection
 */
export function releaseBot(server: Server): Promise<number> {
  return streamRemotely(server, "sudo bot-state release", { mustFinish: true });
}

/**
 * Copies the bot's state and program from the server to this computer. The bot must be held. A state on a volume stays there,
 * except for a failover: a volume can't leave its location.
 *
 * @throws UserError unless all of it is on this computer's disk
 */
export async function saveState(connection: Connection, folder: string, kind: Kind): Promise<SavedState> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const incomplete = join(folder, "incomplete.tar.gz");
  try {
    // A run that was killed may have left one.
    rmSync(incomplete, { force: true });
    await download(connection, `sudo bot-state ${kind === "failover" ? "save-all" : "save"}`, incomplete);
    const sha256 = await sha256Of(incomplete);
    const { stdout: sent } = await connection.run("sudo bot-state checksum");
    if (sent.trim() !== sha256) {
      throw new UserError("What arrived isn't what the server has sent: the checksums differ.");
    }
    const { saved } = await readArchive(incomplete);
    const time = saved.replaceAll(/[^0-9]/g, "").slice(0, 14);
    const file = join(folder, `${time}-${sha256.slice(0, 12)}.tar.gz`);
    moveDurably(incomplete, file);
    return { file, sha256, saved };
  } finally {
    rmSync(incomplete, { force: true });
  }
}

/** Writes a command's output to a file that only this user can read. */
async function download(connection: Connection, command: string, file: string): Promise<void> {
  const output = createWriteStream(file, { flags: "wx", mode: 0o600 });
  let problem = "";
  output.on("error", (error) => {
    problem = error.message;
  });
  const code = await connection.stream(command, output);
  if (problem === "" && code === 0) {
    await finished(output.end());
    sync(file);
    return;
  }
  output.destroy();
  throw new UserError(
    problem === "" ? "The server could not save the bot's state." : `${file} can't be written: ${problem}.`,
  );
}

function sync(file: string): void {
  const descriptor = openSync(file, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** For people. */
export function sizeOf(file: string): string {
  return sizeText(statSync(file).size);
}
