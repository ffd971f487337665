import { text } from "node:stream/consumers";
import * as z from "zod";
import { parseInput } from "./lib/command/input.ts";
import { runMain, UserError } from "./lib/command/user-error.ts";
import { runRemotely } from "./lib/ssh/command.ts";
import { server } from "./lib/ssh/server.ts";

// `pulumi up` runs this for files that could lock everybody out; no person does. One line of JSON on standard input.
// It all happens in one step of Pulumi's: one that has failed is done again from the start.

const confirmedDelivery = z.object({
  server,
  /** Passed on as it is to server/rootfs/usr/local/sbin/server-files. */
  delivery: z.looseObject({ confirmWithin: z.number() }),
});

const tool = "sudo /usr/local/sbin/server-files";

async function main(): Promise<number> {
  const { server: target, delivery } = parseInput(confirmedDelivery, await text(process.stdin));
  const { code, stdout, stderr } = await runRemotely(
    target,
    `${tool} install`,
    `${JSON.stringify(delivery)}\n`,
  );
  if (code !== 0) {
    throw new UserError(stderr.trim());
  }
  const [state, ...changed] = stdout.trim().split("\n");
  if (state !== "unconfirmed") {
    return 0;
  }

  const undone = `What was changed is undone within ${delivery.confirmWithin} s by the server itself: ${changed.join(", ")}. Mend it, and run \`pulumi up\` again.`;
  try {
    // A connection of its own: the one that brought the change was let in before it.
    const confirmed = await runRemotely(target, `${tool} confirm`);
    if (confirmed.code !== 0) {
      throw new UserError(confirmed.stderr.trim());
    }
    return 0;
  } catch (error) {
    if (!(error instanceof UserError)) {
      throw error;
    }
    throw new UserError(
      `The change could not be confirmed over a new connection. ${error.message}\n${undone}`,
    );
  }
}

await runMain(main);
