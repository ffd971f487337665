import { stream, type Streams } from "../process/run.ts";
import { uninterrupted } from "../process/uninterrupted.ts";
import { remedyFor } from "./pulumi-cli.ts";

/** How much of its errors is searched for one that we know what to do about. */
const longest = 64 * 1024;

/**
 * Runs the Pulumi CLI in the project's folder and shows what it prints. After Ctrl-C, the CLI ends when the operation
 * that is running has ended, sometimes with the exit code 0: call `requireNotInterrupted` before anything else is done.
 * A closed pipe doesn't end it. If it fails because of the passphrase, what to do is shown after its own message.
 *
 * @returns the CLI's exit code
 */
export async function showPulumi(
  args: string[],
  stack: string | undefined,
  streams: Pick<Streams, "input" | "environment"> = {},
): Promise<number> {
  const selection = stack === undefined ? [] : ["--stack", stack];
  let errors = "";
  const onStderr = (chunk: Buffer): void => {
    errors = (errors + chunk.toString()).slice(-longest);
  };
  const code = await uninterrupted(() =>
    stream("pulumi", [...args, ...selection], { ...streams, mustFinish: true, onStderr }),
  );
  const remedy = code === 0 ? undefined : remedyFor(errors);
  if (remedy !== undefined) {
    process.stderr.write(`${remedy}\n`);
  }
  return code;
}
