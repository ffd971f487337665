import { spawn } from "node:child_process";
import { constants } from "node:os";
import { text } from "node:stream/consumers";

/** How a command ended, and its output. */
export interface Outcome {
  /** The exit code; 128 + n when signal n ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

/** What a command gets besides its arguments. */
export interface CommandOptions {
  stdin?: string;
}

/** A program and its arguments; no shell reads them. */
export type CommandLine = readonly [program: string, ...rest: string[]];

/** Runs a command and returns how it ended: a failure is not an error. */
export async function attempt(command: CommandLine, options: CommandOptions = {}): Promise<Outcome> {
  const [program, ...rest] = command;
  const child = spawn(program, rest);
  // A command may end without reading its input.
  child.stdin.on("error", () => undefined).end(options.stdin ?? "");
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exitCode(child)]);
  return { code, stdout, stderr };
}

/** Runs a command that must succeed, and returns its standard output. */
export async function run(command: CommandLine, options: CommandOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await attempt(command, options);
  if (code !== 0) {
    throw new Error(`${command.join(" ")} failed (exit code ${code}): ${(stderr || stdout).trim()}`);
  }
  return stdout;
}

/** The exit code of a child process, counted as a shell counts it. */
export function exitCode(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => {
      reject(new Error(`${child.spawnfile} could not be started: ${error.message}`, { cause: error }));
    });
    child.once("close", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
