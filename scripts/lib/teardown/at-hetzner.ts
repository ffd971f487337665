import type { HetznerClient } from "../../../hetzner/client.ts";
import { isFenced } from "../../../hetzner/fence.ts";
import { findItems, isOfAnotherStack, type Item } from "../../../hetzner/inventory.ts";
import { labelsOf } from "../../../hetzner/labels.ts";
import { UserError } from "../command/user-error.ts";
import { projectNameIn, type Resource, serverIn, stackNameIn, type StackState } from "../stack/state.ts";

/**
 * Looks for what Hetzner has under the labels and names that a stack uses. After a teardown, that is what the stack doesn't
 * know: a run that was killed has made it, and could not record it.
 *
 * @param state before the teardown
 */
export async function itemsAtHetzner(client: HetznerClient, state: StackState): Promise<Item[]> {
  const labels = labelsOf(projectNameIn(state) ?? "", stackNameIn(state) ?? "");
  const names = [...state.resources, ...state.interrupted].flatMap(nameOf);
  const items = await findItems(client, { names, labels });
  return items.filter((item) => !isOfAnotherStack(item, labels));
}

/**
 * A server that the stack doesn't know uses the address and the firewall. The provider would try for minutes to delete
 * them, and fail.
 *
 * @throws UserError if there is one
 */
export async function requireNoUnknownServer(client: HetznerClient, state: StackState): Promise<void> {
  const known = serverIn(state)?.id;
  const items = await itemsAtHetzner(client, state);
  const unknown = items.find((item) => item.kind === "server" && item.id !== known && !isFenced(item));
  if (unknown !== undefined) {
    throw new UserError(
      [
        `Hetzner has a server ${unknown.name} (${unknown.id}) that the stack doesn't know. Nothing was deleted.`,
        "If a `pulumi up` of this stack has ordered it and was killed, add it to the state, and run this again: npm run recover. It may also be the live bot of another computer's stack with the same name.",
      ].join("\n"),
    );
  }
}

/** All of them have the same name, as a rule. */
function nameOf({ type, inputs: { name } }: Resource): string[] {
  return type.startsWith("hcloud:") && typeof name === "string" ? [name] : [];
}
