import { stream, type Streams } from "../process/run.ts";

/** The terminal sends them to the CLI as well, which then ends after the operation that is running. */
const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs the Pulumi CLI in the project's folder and shows what it prints. Ctrl-C is for the CLI; this process waits for
 * it, and then does what must follow.
 *
 * @returns the CLI's exit code
 */
export function showPulumi(
  args: string[],
  stack: string | undefined,
  streams: Pick<Streams, "input"> = {},
): Promise<number> {
  const selection = stack === undefined ? [] : ["--stack", stack];
  return withoutSignals(() => stream("pulumi", [...args, ...selection], streams));
}

/** Runs something that a signal must not end in the middle. */
export async function withoutSignals<T>(run: () => Promise<T>): Promise<T> {
  const restore = signals.map(ignore);
  try {
    return await run();
  } finally {
    for (const undo of restore) {
      undo();
    }
  }
}

/** @returns what restores the signal's listeners */
function ignore(signal: (typeof signals)[number]): () => void {
  const others = process.listeners(signal);
  const nothing = (): void => undefined;
  process.removeAllListeners(signal).on(signal, nothing);
  return () => {
    process.removeListener(signal, nothing);
    for (const listener of others) {
      process.on(signal, listener);
    }
  };
}
