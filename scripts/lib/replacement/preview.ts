import { UserError } from "../command/user-error.ts";
import { capture } from "../process/run.ts";
import { withRemedy } from "../stack/pulumi-cli.ts";

/**
 * Makes sure that `pulumi up` would not fail before it does anything, because of a mistake in the settings, for example:
 * the bot is off from its stop until the end of that `pulumi up`.
 *
 * @throws UserError with the CLI's messages
 */
export async function requirePreview(stack: string | undefined, flags: string[]): Promise<void> {
  const selection = stack === undefined ? [] : ["--stack", stack];
  const { code, stdout, stderr } = await capture("pulumi", [
    "preview",
    ...flags,
    "--non-interactive",
    "--color=never",
    ...selection,
  ]);
  if (code !== 0) {
    throw new UserError(
      `${withRemedy([stdout.trim(), stderr.trim()].filter(Boolean).join("\n"))}\n\`pulumi up\` would fail, so nothing was changed.`,
    );
  }
}
