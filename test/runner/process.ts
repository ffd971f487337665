import { spawn } from "node:child_process";
import { constants } from "node:os";
import { text } from "node:stream/consumers";

/** A program and its arguments; no shell reads them. */
export type Command = readonly [program: string, ...args: string[]];

/** How a command ended. */
export interface Result {
  /** The exit code; 128 + n if signal n ended it, 127 if there is no such program. */
  code: number;
  /** Standard output and standard error, or nothing if they went to the terminal. */
  output: string;
}

/** Runs a command with the terminal's own input and output. */
export function runInTerminal(command: Command, environment: NodeJS.ProcessEnv = {}): Promise<Result> {
  return run(command, environment, "inherit");
}

/** Runs a command and collects its output. */
export function runQuietly(command: Command, environment: NodeJS.ProcessEnv = {}): Promise<Result> {
  return run(command, environment, "pipe");
}

async function run(
  [program, ...args]: Command,
  environment: NodeJS.ProcessEnv,
  output: "inherit" | "pipe",
): Promise<Result> {
  const child = spawn(program, args, {
    env: { ...process.env, ...environment },
    stdio: [output === "pipe" ? "ignore" : "inherit", output, output],
  });
  const code = new Promise<{ code: number; problem: string }>((resolve) => {
    child.once("error", (error) => {
      resolve({ code: 127, problem: `${program} could not be started: ${error.message}\n` });
    });
    child.once("close", (exitCode, signal) => {
      resolve({ code: exitCode ?? 128 + (signal === null ? 0 : constants.signals[signal]), problem: "" });
    });
  });
  // After a signal we wait for the command's end. A terminal sends Ctrl-C to both; others are passed on.
  const passOn = (signal: NodeJS.Signals) => signal === "SIGINT" || child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  signals.forEach((signal) => process.on(signal, passOn));
  const [stdout, stderr, end] = await Promise.all([
    child.stdout === null ? "" : text(child.stdout),
    child.stderr === null ? "" : text(child.stderr),
    code,
  ]);
  signals.forEach((signal) => process.off(signal, passOn));
  return { code: end.code, output: stdout + stderr + end.problem };
}
