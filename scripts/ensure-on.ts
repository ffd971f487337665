import * as z from "zod";
import { hetznerAccess, HetznerClient } from "../hetzner/client.ts";
import { HetznerError } from "../hetzner/failure.ts";
import { changedAlready, ensureOn, stillOff } from "../hetzner/power.ts";
import { readServer } from "../hetzner/server.ts";
import { pulumiStep } from "./lib/command/pulumi-step.ts";
import { untilReachable } from "./lib/ssh/reachable.ts";

// Runs in `pulumi up` after each look at the order and each change of the server: whatever an earlier run has left, the
// server must be on, and must be the one that Pulumi's state says. The exit code is 1 if it isn't.

const input = z.object({
  access: hetznerAccess,
  /** Hetzner's id of the server, and what Pulumi's state says about it. */
  id: z.coerce.number().int(),
  serverType: z.string(),
  host: z.string(),
  /** The look before; a new one runs this again. */
  look: z.string(),
});

await pulumiStep(input, async ({ access, id, serverType, host }) => {
  const client = new HetznerClient(access);
  let wasOff: boolean;
  try {
    wasOff = await ensureOn(client, id);
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    process.stderr.write(`${stillOff(error)}\n`);
    return 1;
  }
  if (wasOff) {
    process.stderr.write("The server was off. It was switched on.\n");
    await untilReachable(host);
  }
  const server = await readServer(client, id);
  if (server.server_type.name !== serverType) {
    process.stderr.write(`${changedAlready(server.server_type.name)}\n`);
    return 1;
  }
  return 0;
});
