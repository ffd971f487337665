import { runPulumi } from "./pulumi-cli.ts";

/**
 * The stack's own name, without its organization, also of a stack that has made nothing yet.
 *
 * @param stack as in --stack; undefined for the selected one
 * @throws UserError
 */
export async function readStackName(stack: string | undefined): Promise<string> {
  const shown = await runPulumi(["stack", "--show-name"], stack, "The stack's name can't be read.");
  return shown.trim().split("/").at(-1) ?? "";
}
