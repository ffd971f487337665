import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import type { CommandLine, CommandOptions, Outcome } from "../../command.ts";
import { connected } from "./monitor.ts";

// Debian's qemu-guest-agent in a virtual machine, which runs commands as root even if nobody can log in. Hetzner's images
// have it too. Its port has one client at a time, so each request has its own connection.

const started = z.object({ pid: z.number() });
const status = z.object({
  exited: z.boolean(),
  exitcode: z.number().optional(),
  signal: z.number().optional(),
  "out-data": z.string().default(""),
  "err-data": z.string().default(""),
});
const answer = z.object({
  return: z.unknown().optional(),
  error: z.object({ desc: z.string() }).optional(),
});

/** How long an agent may take for an answer, in milliseconds, before it counts as not running. */
const answerTimeout = 20_000;
/** How soon the end of a command is asked for, and later how often, in milliseconds: each answer takes an emulated machine's time. */
const intervals = { first: 50, last: 2000 };

/** The agent doesn't answer: the machine is off, or not that far in its boot, or too far in its shutdown. */
export class NoAgent extends Error {}

/**
 * Runs a command as root in a virtual machine.
 *
 * @throws NoAgent
 */
export async function runByAgent(
  socket: string,
  command: CommandLine,
  { stdin = "" }: CommandOptions,
): Promise<Outcome> {
  const [path, ...arg] = command;
  const { pid } = started.parse(
    await request(socket, "guest-exec", {
      path,
      arg,
      "input-data": Buffer.from(stdin).toString("base64"),
      "capture-output": true,
    }),
  );
  for (let interval = intervals.first; ; interval = Math.min(interval * 1.5, intervals.last)) {
    const now = status.parse(await request(socket, "guest-exec-status", { pid }));
    if (now.exited) {
      return {
        code: now.exitcode ?? 128 + (now.signal ?? 0),
        stdout: decoded(now["out-data"]),
        stderr: decoded(now["err-data"]),
      };
    }
    await setTimeout(interval);
  }
}

function decoded(data: string): string {
  return Buffer.from(data, "base64").toString("utf8");
}

async function request(
  path: string,
  execute: string,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const socket = await connected(path);
  if (socket === undefined) {
    throw new NoAgent(`nothing listens at ${path}`);
  }
  socket.on("error", () => undefined).setTimeout(answerTimeout, () => socket.destroy());
  try {
    const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
    // The port may still hold an answer to an earlier client. The answer to this request begins after a byte 0xFF.
    const id = Math.floor(Math.random() * 2 ** 31);
    socket.write(Buffer.concat([Buffer.from([0xff]), line("guest-sync", { id })]));
    while ((await answerIn(lines)) !== id) {
      // An answer to somebody else.
    }
    socket.write(line(execute, args));
    return await answerIn(lines);
  } finally {
    socket.destroy();
  }
}

function line(execute: string, args: Readonly<Record<string, unknown>>): Buffer {
  return Buffer.from(`${JSON.stringify({ execute, arguments: args })}\n`);
}

async function answerIn(lines: AsyncIterator<string>): Promise<unknown> {
  const next = await lines.next();
  if (next.done === true) {
    throw new NoAgent("the guest agent doesn't answer");
  }
  const parsed = answer.parse(JSON.parse(next.value.replace(/^[^{]*/, "") || "{}"));
  if (parsed.error !== undefined) {
    throw new Error(`the guest agent refuses: ${parsed.error.desc}`);
  }
  return parsed.return;
}
