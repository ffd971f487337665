import * as z from "zod";
import { quoteForShell } from "../checklist/shell.ts";
import { hetznerAccess, HetznerClient } from "../hetzner/client.ts";
import { HetznerError } from "../hetzner/failure.ts";
import { explained } from "../hetzner/refusals.ts";
import { attachVolume } from "../hetzner/volumes.ts";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { UserError } from "./lib/command/user-error.ts";
import { streamRemotely } from "./lib/ssh/remote.ts";
import { server } from "./lib/ssh/server.ts";

// `pulumi up` runs this once for each generation of the server, and when the size of the volume or its setting changes: the
// bot's state is on the volume, or back on the server's own disk. It can be repeated: what is done already stays as it is.

const input = z.object({
  access: hetznerAccess,
  server,
  /** At Hetzner. */
  serverId: z.coerce.number().int(),
  volumeId: z.coerce.number().int(),
  /** The project and the stack, which is written on the volume. */
  stack: z.string(),
  place: z.enum(["volume", "disk"]),
});

await pulumiStep(input, async ({ access, server, serverId, volumeId, stack, place }) => {
  try {
    if (await attachVolume(new HetznerClient(access), volumeId, serverId)) {
      process.stderr.write("The volume with the bot's state was attached to the server.\n");
    }
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    throw new UserError(`The volume could not be attached to the server. ${explained(error).message}`);
  }
  const command = place === "disk" ? "leave" : `use ${volumeId} ${quoteForShell(stack)}`;
  return streamRemotely(server, `sudo state-volume ${command}`, { mustFinish: true });
});
