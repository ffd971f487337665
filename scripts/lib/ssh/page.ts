import { once } from "node:events";
import { createServer } from "node:net";
import { PassThrough } from "node:stream";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { UserError } from "../command/user-error.ts";
import { NoConnection, noConnection, runRemotely, streamRemotely } from "./remote.ts";
import type { Server } from "./server.ts";

/** Where SSH reaches the bot's own page on the server: components/bot-page.ts has the same. */
const pageAddress = "127.20.0.1";

const page = z.object({
  /** The setting bot.ui that is in effect. */
  port: z.int().min(1024).max(65_535),
  /** Whether the bot accepts connections there. */
  listens: z.boolean(),
});

/** The bot's own page on the server; or why it isn't known, with an exit code. */
export async function readPage(
  server: Server,
): Promise<z.output<typeof page> | { why: string; code: number }> {
  const output = await orNoConnection(runRemotely(server, "sudo bot-control page"));
  if (output instanceof NoConnection) {
    return { why: output.message, code: noConnection };
  }
  const { code, stdout, stderr } = output;
  if (code !== 0) {
    return { why: stderr.trim(), code: 1 };
  }
  const result = page.safeParse(parseJson(stdout));
  if (!result.success) {
    throw new UserError(
      "The server's answer about the bot's page can't be read: run `pulumi up`, and then this again.",
    );
  }
  return result.data;
}

async function orNoConnection<T>(promise: Promise<T>): Promise<T | NoConnection> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof NoConnection) {
      return error;
    }
    throw error;
  }
}

/** Whether a port of this computer can be listened at. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await once(server.listen(port, "127.0.0.1"), "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}

/**
 * Carries connections from a port of this computer to the bot's page, until the connection to the server ends.
 *
 * @param onReady called when the port accepts connections
 * @returns the exit code of ssh
 */
export function carryPage(server: Server, port: number, local: number, onReady: () => void): Promise<number> {
  const output = new PassThrough();
  output.once("data", onReady).resume();
  // ssh listens before it starts the command. The command ends with the connection, because nothing is written to its input.
  return streamRemotely(server, "echo ready && exec cat", { input: new PassThrough(), output }, [
    ...["-o", "ExitOnForwardFailure=yes"],
    ...["-L", `127.0.0.1:${local}:${pageAddress}:${port}`],
  ]);
}
