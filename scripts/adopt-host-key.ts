import * as z from "zod";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { UserError } from "./lib/command/user-error.ts";
import { runRemotely } from "./lib/ssh/remote.ts";
import { hostKey, privateKey, server } from "./lib/ssh/server.ts";

// Replaces the server's initial host key by its permanent one. `pulumi up` runs this once for each server.
// The server may show either key, because an earlier run may have got as far as the replacement.

const adoption = z.object({
  server: server.extend({ hostKey: z.array(hostKey) }),
  /** The command on the server that reads the new key from standard input. */
  command: z.string(),
  privateKey,
});

await pulumiStep(adoption, async (input) => {
  const { code, stderr } = await runRemotely(input.server, input.command, input.privateKey);
  if (code !== 0) {
    throw new UserError(`The server could not install its new host key:\n${stderr.trim()}`);
  }
  return 0;
});
