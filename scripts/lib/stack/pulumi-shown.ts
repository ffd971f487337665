import { stream, type Streams } from "../process/run.ts";
import { uninterrupted } from "../process/uninterrupted.ts";

/**
 * Runs the Pulumi CLI in the project's folder and shows what it prints. After Ctrl-C, the CLI ends when the operation
 * that is running has ended, sometimes with the exit code 0: call `requireNotInterrupted` before anything else is done.
 * A closed pipe doesn't end it.
 *
 * @returns the CLI's exit code
 */
export function showPulumi(
  args: string[],
  stack: string | undefined,
  streams: Pick<Streams, "input" | "environment"> = {},
): Promise<number> {
  const selection = stack === undefined ? [] : ["--stack", stack];
  return uninterrupted(() => stream("pulumi", [...args, ...selection], { ...streams, mustFinish: true }));
}
