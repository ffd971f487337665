import * as z from "zod";
import type { HetznerClient } from "../../../hetzner/client.ts";
import { UserError } from "../command/user-error.ts";
import { type Resource, serverIn, type StackState } from "../stack/state.ts";

/** What a stack makes at Hetzner: the lists of the API, and their names for people. */
const kinds = { servers: "server", primary_ips: "Primary IP", firewalls: "firewall", ssh_keys: "SSH key" };

const item = z.looseObject({ id: z.int(), name: z.string() });

/** Something at Hetzner. */
export interface Item {
  kind: string;
  id: number;
  name: string;
}

/**
 * Looks for what Hetzner has under the names that a stack uses. After a teardown, that is what the stack doesn't know:
 * a run that was killed has made it, and could not record it.
 *
 * @param state before the teardown
 */
export async function itemsAtHetzner(client: HetznerClient, state: StackState): Promise<Item[]> {
  const names = new Set([...state.resources, ...state.interrupted].flatMap(nameOf));
  const searches = [...names].flatMap((name) =>
    Object.entries(kinds).map(async ([list, kind]) => {
      const items = await client.list(list, item, { name });
      return items.map(({ id }) => ({ kind, id, name }));
    }),
  );
  return (await Promise.all(searches)).flat();
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
  const unknown = items.find(({ kind, id }) => kind === "server" && id !== known);
  if (unknown !== undefined) {
    throw new UserError(
      [
        `Hetzner has a server ${unknown.name} (${unknown.id}) that the stack doesn't know. Nothing was deleted.`,
        "Check first in Hetzner's Console what it is: it may be the live bot of another computer's stack with the same name. Only if a `pulumi up` of this stack has ordered it and was killed before it could record it, delete it there, and run this again.",
      ].join("\n"),
    );
  }
}

/** All of them have the same name, as a rule. */
function nameOf({ type, inputs: { name } }: Resource): string[] {
  return type.startsWith("hcloud:") && typeof name === "string" ? [name] : [];
}
