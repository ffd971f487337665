import { HetznerClient } from "../../../hetzner/client.ts";
import { deleteFenced, findFenced, unfence } from "../../../hetzner/fence.ts";
import { ensureOn } from "../../../hetzner/power.ts";
import { confirm } from "../command/ask.ts";
import { UserError } from "../command/user-error.ts";
import { discardReplacement } from "../replacement/discarding.ts";
import { type Replacement, report } from "../replacement/replacement.ts";
import { untilReachable } from "../ssh/reachable.ts";
import { readHetznerAccess } from "../stack/hetzner.ts";
import { addressIn } from "../stack/state.ts";
import { stackLabelsIn, toFence } from "./fencing.ts";

/** Gives up an open failover: the server that it has left runs again. @returns the exit code */
export async function discardFailover(replacement: Replacement): Promise<number> {
  const { stack, server, journal, state } = replacement;
  if (journal?.failover === undefined) {
    throw new UserError("No failover is open.");
  }
  if (server?.generation !== journal.replaced) {
    throw new UserError(
      `The stack has left its server already. To finish the failover: npm run failover. To go back after that: npm run failover -- ${journal.failover.to === "standby" ? "--back" : "--yes"}`,
    );
  }
  const client = new HetznerClient(await readHetznerAccess(stack));
  report(`Taking the fence of the server ${server.name} back, and switching it on`);
  await unfence(client, toFence(replacement, journal));
  await ensureOn(client, server.id);
  const host = addressIn(state)?.ipAddress;
  if (host !== undefined) {
    await untilReachable(host);
  }
  return discardReplacement(replacement);
}

/** Deletes the server that a failover has fenced. @returns the exit code */
export async function removeFenced({ stack, state, journal, yes }: Replacement): Promise<number> {
  if (journal !== undefined) {
    throw new UserError(
      "A failover or another change of the server is open. Finish it first: npm run failover",
    );
  }
  const client = new HetznerClient(await readHetznerAccess(stack));
  const labels = stackLabelsIn(state);
  const items = await findFenced(client, labels);
  if (items.length === 0) {
    process.stdout.write("Nothing is fenced.\n");
    return 0;
  }
  for (const { kind, name, id, ip } of items) {
    process.stdout.write(`  ${kind} ${name} (${id})${ip === undefined ? "" : ` at ${ip}`}\n`);
  }
  process.stdout.write(
    "This deletes them with the server's disk: the bot's state as it was there. Its address stays reserved.\n",
  );
  if (!(await confirm({ text: "Delete them? Type yes: ", answer: "yes", yes }))) {
    process.stdout.write("Nothing was deleted.\n");
    return 1;
  }
  await deleteFenced(client, labels);
  process.stdout.write("Deleted. Hetzner no longer bills the fenced server.\n");
  return 0;
}
