import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { UserError } from "../command/user-error.ts";

/**
 * Runs the Pulumi CLI in the project's folder.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @param failed starts the message of a failure: "The stack can't be read."
 * @returns its standard output
 * @throws UserError with what the CLI says
 */
export async function runPulumi(words: string[], stack: string | undefined, failed: string): Promise<string> {
  const selection = stack === undefined ? [] : ["--stack", stack];
  const child = spawn("pulumi", [...words, "--non-interactive", "--color=never", ...selection], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", (error) => {
      reject(
        new UserError(
          `The Pulumi CLI can't be run (${error.message}). Is \`pulumi\` installed and on the PATH?`,
        ),
      );
    });
    child.once("close", resolve);
  });
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code !== 0) {
    throw new UserError(`${failed} The Pulumi CLI says:\n${stderr.trim()}`);
  }
  return stdout;
}
