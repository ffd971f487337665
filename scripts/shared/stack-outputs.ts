import { spawnSync } from "node:child_process";
import { z } from "zod";
import { UserError } from "./user-error.ts";

/** What index.ts exports, as far as scripts need it. */
const outputs = z.object({
  ipToWhitelist: z.ipv4(),
  deployKey: z.string().startsWith("-----BEGIN OPENSSH PRIVATE KEY-----"),
  hostKey: z.string().startsWith("ssh-ed25519 "),
});

export type StackOutputs = z.output<typeof outputs>;

/**
 * Reads the outputs of a stack, secrets included, through the Pulumi CLI.
 *
 * @param stack the stack's name, or undefined for the selected one
 * @throws UserError where the CLI can't tell, or the stack has no server yet
 */
export function readStackOutputs(stack: string | undefined): StackOutputs {
  const selection = stack === undefined ? [] : ["--stack", stack];
  const { error, status, stdout, stderr } = spawnSync(
    "pulumi",
    ["stack", "output", "--json", "--show-secrets", "--non-interactive", ...selection],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );
  if (error)
    throw new UserError(
      `The Pulumi CLI can't be run (${error.message}). Is \`pulumi\` installed and on the PATH?`,
    );
  if (status !== 0) throw new UserError(`The stack can't be read. The Pulumi CLI says:\n${stderr.trim()}`);
  return parseStackOutputs(stdout);
}

/** @throws UserError that shows nothing of the outputs, some of which are secret */
export function parseStackOutputs(json: string): StackOutputs {
  const result = outputs.safeParse(parseJson(json));
  if (result.success) return result.data;
  const names = result.error.issues.map(({ path }) => path.join("."));
  throw new UserError(
    `The stack has no usable output ${names.join(", ")}: is its server up? Run \`pulumi up\`, and then this again.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
