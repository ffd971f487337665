import { UserError } from "../command/user-error.ts";
import { capture } from "../process/run.ts";

/**
 * Runs the Pulumi CLI in the project's folder.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @param failure starts the message if it fails: "The stack can't be read."
 * @param input goes to its standard input
 * @returns its standard output
 * @throws UserError with the CLI's message
 */
export async function runPulumi(
  args: string[],
  stack: string | undefined,
  failure: string,
  input = "",
): Promise<string> {
  const selection = stack === undefined ? [] : ["--stack", stack];
  const options = ["--non-interactive", "--color=never", ...selection];
  const { code, stdout, stderr } = await capture("pulumi", [...args, ...options], { input });
  if (code !== 0) {
    throw new UserError(`${failure} The Pulumi CLI printed:\n${stderr.trim()}`);
  }
  return stdout;
}
