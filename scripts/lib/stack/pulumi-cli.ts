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
    throw new UserError(withRemedy(`${failure} The Pulumi CLI printed:\n${stderr.trim()}`));
  }
  return stdout;
}

/** What the Pulumi CLI has printed, with what to do if it is about the passphrase. */
export function withRemedy(printed: string): string {
  const remedy = remedyFor(printed);
  return remedy === undefined ? printed : `${printed}\n${remedy}`;
}

/** What to do if that is about the passphrase; otherwise undefined. */
export function remedyFor(printed: string): string | undefined {
  return remedies.find(([pattern]) => pattern.test(printed))?.[1];
}

/** How a person enters the passphrase for all commands of a terminal. */
export const toEnterPassphrase = "read -rs PULUMI_CONFIG_PASSPHRASE; export PULUMI_CONFIG_PASSPHRASE";

const remedies: readonly [RegExp, string][] = [
  [
    /incorrect passphrase/i,
    `The passphrase of this stack is another one. To enter it again: ${toEnterPassphrase}\nIf nobody knows it any more, docs/recovery.md (A lost passphrase) says how the stack gets new secrets, with the same server address.`,
  ],
  [
    /passphrase must be set/i,
    `To enter the passphrase of this stack: ${toEnterPassphrase}\nIf nobody knows it any more: docs/recovery.md (A lost passphrase).`,
  ],
];
