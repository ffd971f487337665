import * as z from "zod";
import type { HetznerClient } from "../../../hetzner/client.ts";
import type { Resource, StackState } from "../stack/state.ts";

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

/** All of them have the same name, as a rule. */
function nameOf({ type, inputs: { name } }: Resource): string[] {
  return type.startsWith("hcloud:") && typeof name === "string" ? [name] : [];
}
