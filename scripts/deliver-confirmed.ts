import * as z from "zod";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { UserError } from "./lib/command/user-error.ts";
import { NoConnection, runRemotely } from "./lib/ssh/remote.ts";
import { type Server, server } from "./lib/ssh/server.ts";

// Installs files that could lock everybody out, such as sshd's settings. The server rolls them back unless they are
// confirmed over a new connection. Both are one step of `pulumi up`: if it fails, the next one starts from the beginning.

const confirmedDelivery = z.object({
  server,
  /** Passed on unchanged to the tool: root_tools/server_files.py reads it. */
  delivery: z.looseObject({ confirmWithin: z.number() }),
});

const tool = "sudo /usr/local/sbin/server-files";

await pulumiStep(confirmedDelivery, async ({ server, delivery }) => {
  const { code, stdout, stderr } = await runRemotely(server, `${tool} install`, {
    input: `${JSON.stringify(delivery)}\n`,
  });
  if (code !== 0) {
    throw new UserError(stderr.trim());
  }
  const [state, ...changed] = stdout.trim().split("\n");
  if (state === "unconfirmed") {
    await confirm(server, changed, delivery.confirmWithin);
  }
  return 0;
});

/** Confirms over a new connection, because the one that delivered the change was accepted before it. */
async function confirm(server: Server, changed: string[], confirmWithin: number): Promise<void> {
  try {
    const { code, stderr } = await runRemotely(server, `${tool} confirm`);
    if (code !== 0) {
      throw new UserError(stderr.trim());
    }
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    // The connection just before worked, so the advice for a server that can't be reached would mislead.
    const why =
      error instanceof NoConnection
        ? `The previous connection worked, and for the new one ${error.reason}: the change is the likely cause.`
        : error.message;
    throw new UserError(
      `The change could not be confirmed over a new connection. ${why}\nWithin ${confirmWithin} s the server rolls it back by itself: ${changed.join(", ")}. Fix it, and run \`pulumi up\` again.`,
    );
  }
}
