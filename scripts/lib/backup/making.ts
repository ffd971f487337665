import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Transform } from "node:stream";
import { detailOf, UserError } from "../command/user-error.ts";
import { report } from "../replacement/replacement.ts";
import { labels } from "../ssh/bot-control.ts";
import { runRemotely, streamRemotely } from "../ssh/remote.ts";
import type { Server } from "../ssh/server.ts";
import { encryptTo } from "./encryption.ts";

/**
 * Looks before anything begins.
 *
 * @throws UserError if there is something of that name, because a backup replaces none, or if it can't be written
 */
export function requireNew(file: string): void {
  if (file === "-") {
    throw new UserError(
      "A backup is written to a file, not to standard output. Name a file, such as: ../bot.backup",
    );
  }
  if (existsSync(file)) {
    throw new UserError(`${file} exists already. Name a file that doesn't exist yet.`);
  }
  try {
    accessSync(dirname(file), constants.W_OK);
  } catch (error) {
    throw new UserError(`${file} can't be written: ${detailOf(error)}`);
  }
}

/** @throws UserError if the server's files are of a version that can't do this */
export async function requireBackupTool(server: Server): Promise<void> {
  const { code } = await runRemotely(
    server,
    "sudo sh -c 'command -v bot-backup && command -v stored-backup'",
  );
  if (code !== 0) {
    throw new UserError(
      "The server has no tool for backups yet, because an older version installed its tools. Run `pulumi up`, and then this again.",
    );
  }
}

/**
 * Writes the bot's state and program to an encrypted file on this computer: all of it, or no file.
 *
 * @returns the file's size in bytes
 */
export async function backUpTo(file: string, server: Server, passphrase: string): Promise<number> {
  const incomplete = `${file}.incomplete`;
  const remove = (): void => {
    rmSync(incomplete, { force: true });
  };
  // A run that was killed may have left one.
  remove();
  process.once("exit", remove);
  try {
    const sha256 = await download(incomplete, server, passphrase);
    const { stdout: sent } = await runRemotely(server, "sudo bot-backup checksum");
    // Another backup may have been made meanwhile.
    if (!sent.split("\n").includes(sha256)) {
      throw new UserError(
        `What arrived isn't what the server has sent: the checksums differ. ${file} was not written. Run this again.`,
      );
    }
    requireNew(file);
    renameSync(incomplete, file);
    return statSync(file).size;
  } finally {
    remove();
  }
}

/** @returns the SHA-256 of what arrived */
async function download(file: string, server: Server, passphrase: string): Promise<string> {
  const hash = createHash("sha256");
  const plain = new Transform({
    transform: (chunk: Buffer, _, done) => {
      hash.update(chunk);
      done(undefined, chunk);
    },
  });
  plain.on("error", () => undefined);
  let problem: string | undefined;
  const written = encryptTo(file, plain, passphrase).catch((error: unknown) => {
    problem = detailOf(error);
    // Ends the transfer.
    plain.destroy(error instanceof Error ? error : undefined);
  });
  report("Copying the bot's state on the server. The bot goes on meanwhile, if it runs.");
  const code = await streamRemotely(server, "sudo bot-backup make", { output: plain, labels });
  if (code !== 0) {
    plain.destroy(new Error("incomplete"));
    await written;
    throw new UserError(
      code === 255
        ? "The backup was not made, because the connection broke. Run this again."
        : "The server could not make the backup.",
    );
  }
  plain.end();
  await written;
  if (problem !== undefined) {
    throw new UserError(`${file} can't be written: ${problem}`);
  }
  return hash.digest("hex");
}
