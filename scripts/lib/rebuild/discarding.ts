import { isRebuildProtected, rebuildAfter, setRebuildProtection } from "../../../hetzner/rebuild.ts";
import { UserError } from "../command/user-error.ts";
import type { Replacement } from "../replacement/replacement.ts";
import { editState } from "../stack/edited-state.ts";
import { hetznerClient } from "../stack/hetzner.ts";
import { readStackState, serverIn } from "../stack/state.ts";
import { withSystem } from "./fresh-system.ts";

/**
 * Takes back what an open rebuild has changed, unless Hetzner has begun it: then the old system is gone.
 *
 * @returns the same stack as it is now
 * @throws UserError if the server's disk was erased, and is not set up again
 */
export async function discardRebuild(found: Replacement): Promise<Replacement> {
  const { stack, server, journal } = found;
  const rebuild = journal?.rebuild;
  if (journal === undefined || rebuild === undefined || server === undefined) {
    return found;
  }
  const client = await hetznerClient(stack);
  if (rebuild.wasProtected && !(await isRebuildProtected(client, server.id))) {
    await setRebuildProtection(client, server.id, true);
  }
  if (rebuild.isDone || (!rebuild.isAgain && server.generation !== rebuild.generation)) {
    return found;
  }
  if (rebuild.isAgain || (await rebuildAfter(client, server.id, rebuild.lastAction)) !== undefined) {
    throw new UserError(
      "Hetzner has begun to rebuild the server, so its old system is gone. To finish the rebuild: npm run rebuild. To order another server instead, which gets the saved state: npm run replace -- --instead-of-rebuild",
    );
  }
  await editState(stack, (state) =>
    withSystem(state, { generation: journal.replaced, image: journal.server.image }),
  );
  const state = await readStackState(stack);
  return { ...found, state, server: serverIn(state) };
}
