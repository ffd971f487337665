import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { printable } from "../../../binance/text.ts";
import { UserError } from "../command/user-error.ts";
import { LabelledText, PrintableText } from "./printable.ts";
import { signalsWait, surviveClosedOutput } from "./uninterrupted.ts";

// The one place in scripts/ that starts programs. It is our own, because execa would put a dozen more packages on a
// computer that holds the keys, and its errors quote whole command lines.
//
// What ssh prints comes from the server, and what npm prints from its registry. A terminal must not obey it, so it is
// made printable here: no caller can forget it.

/** The programs that scripts run, and what to install if one is missing. */
const installable = {
  git: "Git",
  npm: "Node.js with npm",
  open: "macOS's tool open",
  pbcopy: "macOS's tool pbcopy",
  pulumi: "the Pulumi CLI",
  restic: "restic (https://restic.net)",
  sh: "a POSIX shell",
  ssh: "OpenSSH's client",
  "wl-copy": "wl-clipboard",
  xclip: "xclip",
  "xdg-open": "xdg-utils",
  xsel: "xsel",
};

export type Program = keyof typeof installable;

/** Their output comes from another computer. */
const foreign: Program[] = ["npm", "restic", "ssh"];

/** A program that isn't installed, or can't be started. */
export class StartError extends UserError {
  constructor(program: Program, error: NodeJS.ErrnoException) {
    super(
      error.code === "ENOENT"
        ? `${program} was not found. Install ${installable[program]}, and check that ${program} is on the PATH.`
        : `${program} can't be started: ${error.message}.`,
    );
  }
}

export interface Output {
  /** The exit code; 128 and the signal's number if a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
  /** It printed more than the limit, and was ended. */
  isTooLong: boolean;
}

export interface Captured {
  /** Goes to its standard input. A secret goes there and nowhere else: other users can see command lines. */
  input?: string;
  /** How many bytes it may print. Another computer may send without end. */
  limit?: number;
  /** Ends it. */
  signal?: AbortSignal | undefined;
  /** Added to our environment. */
  environment?: Record<string, string>;
}

/**
 * Runs a program and returns what it printed. Its standard error is printable, and so is the output of a foreign one.
 *
 * @throws StartError
 */
export async function capture(
  program: Program,
  args: string[],
  { input = "", limit = Infinity, signal, environment }: Captured = {},
): Promise<Output> {
  // In its own process group, Ctrl-C in the terminal doesn't reach it.
  const { child, ended } = startPiped(program, args, {
    detached: signalsWait(),
    env: { ...process.env, ...environment },
  });
  endWith(child, signal);
  // A program may end before it has read everything; its exit code says what happened.
  child.stdin.on("error", () => undefined).end(input);
  const printed: { stdout: Buffer[]; stderr: Buffer[] } = { stdout: [], stderr: [] };
  let length = 0;
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        end(child);
      } else {
        printed[name].push(chunk);
      }
    });
  }
  const code = await ended;
  const stdout = Buffer.concat(printed.stdout).toString();
  return {
    code,
    stdout: foreign.includes(program) ? printable(stdout) : stdout,
    stderr: printable(Buffer.concat(printed.stderr).toString()),
    isTooLong: length > limit,
  };
}

/** Where a program's input comes from, and where its output goes. Its standard error is shown on ours. */
export interface Streams {
  /** Our standard input with "inherit"; nothing if not given. */
  input?: Readable | "inherit";
  /**
   * Our standard output if not given. A stream gets the bytes as they are; if it fails, because nobody reads it any more,
   * the program is ended.
   */
  output?: Writable | "stderr";
  /**
   * What is made printable of a foreign program: everything that is shown, only what goes to a terminal (a file gets the
   * bytes as they are), or nothing, for a shell that uses the terminal itself.
   */
  filter?: "shown" | "terminal" | "nothing";
  /** Gets what the program prints on standard error, besides our standard error. */
  onStderr?: (chunk: Buffer) => void;
  cwd?: string;
  /** Added to our environment. */
  environment?: Record<string, string>;
  /** Without `output`: the program isn't ended, nor are we, if nobody reads its output any more, as after `| head`. */
  mustFinish?: boolean;
  /** Ends the program. */
  signal?: AbortSignal | undefined;
  /** What each shown line of a foreign program begins with, so that nobody takes it for ours. */
  labels?: { stdout: string; stderr: string };
  /** How many bytes of it are shown. Then the program is ended, and `onTooLong` called. */
  limit?: number;
  onTooLong?: () => void;
}

/**
 * Runs a program whose output is seen as it is written.
 *
 * @returns its exit code, as in Output; 0 if nobody reads the stream `output` any more
 * @throws StartError
 */
export async function stream(program: Program, args: string[], streams: Streams = {}): Promise<number> {
  const { input, output, onStderr, cwd, environment, mustFinish = false, limit = Infinity } = streams;
  const filters = (to: NodeJS.WriteStream): boolean => isFiltered(program, streams.filter ?? "shown", to);
  const passes = (to: NodeJS.WriteStream): boolean => filters(to) || (mustFinish && !to.isTTY);
  const shown = output === "stderr" ? process.stderr : process.stdout;
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: [
      typeof input === "object" ? "pipe" : (input ?? "ignore"),
      typeof output === "object" || passes(shown) ? "pipe" : shown.fd,
      onStderr || passes(process.stderr) ? "pipe" : "inherit",
    ],
  });
  const ended = endOf(program, child);
  const endChild = (): void => {
    end(child);
  };
  process.on("exit", endChild);
  endWith(child, streams.signal);
  let length = 0;
  const mayShow = (chunk: Buffer): boolean => {
    const isFirstTooLong = length <= limit && length + chunk.length > limit;
    length += chunk.length;
    if (isFirstTooLong) {
      endChild();
      streams.onTooLong?.();
    }
    return length <= limit;
  };
  try {
    if (child.stdin && typeof input === "object") {
      input.pipe(child.stdin.on("error", () => undefined));
    }
    if (child.stderr) {
      show(child.stderr, process.stderr, filters(process.stderr), mayShow, streams.labels?.stderr);
      if (onStderr) {
        child.stderr.on("data", onStderr);
      }
    }
    if (child.stdout && typeof output === "object") {
      const closed = pipeUntilClosed(child.stdout, output).then(() => {
        endChild();
        return 0;
      });
      return await Promise.race([ended, closed]);
    }
    if (child.stdout) {
      show(child.stdout, shown, filters(shown), mayShow, streams.labels?.stdout);
    }
    return await ended;
  } finally {
    process.removeListener("exit", endChild);
  }
}

function isFiltered(
  program: Program,
  filter: "shown" | "terminal" | "nothing",
  to: NodeJS.WriteStream,
): boolean {
  return foreign.includes(program) && (filter === "shown" || (filter === "terminal" && to.isTTY));
}

/** Passes on what a program prints. It isn't ended, nor are we, if nobody reads that any more. */
function show(
  from: Readable,
  to: NodeJS.WriteStream,
  filtered: boolean,
  mayShow: (chunk: Buffer) => boolean,
  label = "",
): void {
  surviveClosedOutput();
  const text = new PrintableText();
  const labelled = new LabelledText(label);
  // Not by a pipe, which would no longer read once ours is closed.
  from.on("data", (chunk: Buffer) => {
    if (mayShow(chunk)) {
      to.write(filtered ? labelled.write(text.write(chunk)) : chunk);
    }
  });
  from.on("end", () => {
    if (filtered) {
      to.write(labelled.write(text.end()) + (label === "" ? "" : labelled.end()));
    }
  });
}

/** @returns when nobody reads the output any more, and never if somebody always does */
function pipeUntilClosed(from: Readable, output: Writable): Promise<void> {
  from.pipe(output, { end: false });
  return new Promise((resolve) => {
    output.once("error", () => {
      resolve();
    });
  });
}

/** Starts a program whose three streams are ours to use. */
export function startPiped(
  program: Program,
  args: string[],
  options: { detached?: boolean; env?: NodeJS.ProcessEnv } = {},
): { child: ChildProcessWithoutNullStreams; ended: Promise<number> } {
  const child = spawn(program, args, options);
  return { child, ended: endOf(program, child) };
}

/** Ends a program, and with it what it has started: nobody reads what that prints. */
function end(child: ChildProcess): void {
  child.kill();
  child.stdout?.destroy();
  child.stderr?.destroy();
}

function endWith(child: ChildProcess, signal: AbortSignal | undefined): void {
  const endChild = (): void => {
    end(child);
  };
  signal?.addEventListener("abort", endChild);
  child.once("close", () => signal?.removeEventListener("abort", endChild));
}

function endOf(program: Program, child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      reject(new StartError(program, error));
    });
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
