import { constants } from "node:os";
import { UserError } from "../command/user-error.ts";

// What must not end in the middle: a signal and a closed pipe wait until the current step is done.

/** The terminal sends them to the programs that we run as well. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
type Signal = (typeof signals)[number];

let received: Signal | undefined;
let depth = 0;

/** A person has pressed Ctrl-C, or a signal came. The message says how to go on. */
export class Interrupted extends UserError {
  readonly exitCode: number;

  constructor(signal: Signal, message: string) {
    super(message);
    this.exitCode = 128 + constants.signals[signal];
  }
}

/**
 * Runs something that a signal must not end in the middle. The signal is remembered: between its steps, `run` calls
 * `requireNotInterrupted`.
 */
export async function uninterrupted<T>(run: () => Promise<T>): Promise<T> {
  const restore = signals.map(remember);
  depth += 1;
  try {
    return await run();
  } finally {
    depth -= 1;
    for (const undo of restore) {
      undo();
    }
  }
}

/** Whether signals wait now. A program that we start then must not get Ctrl-C from the terminal either. */
export function signalsWait(): boolean {
  return depth > 0;
}

/** @throws Interrupted if a signal came since the first `uninterrupted` */
export function requireNotInterrupted(message: string): void {
  if (received !== undefined) {
    throw new Interrupted(received, message);
  }
}

/** Nobody may read our output any more, as after `| head`. From now on, this process goes on without it. */
export function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeListener("error", ignore).on("error", ignore);
  }
}

function ignore(): void {
  // Each further write fails as well.
}

/** @returns what restores the signal's listeners */
function remember(signal: Signal): () => void {
  const others = process.listeners(signal);
  const note = (): void => {
    received ??= signal;
  };
  process.removeAllListeners(signal).on(signal, note);
  return () => {
    process.removeListener(signal, note);
    for (const listener of others) {
      process.on(signal, listener);
    }
  };
}
