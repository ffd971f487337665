import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError } from "./failure.ts";
import { selectorFor, type StackLabels } from "./labels.ts";
import { standbyLabel } from "./standby.ts";

/** What a stack makes at Hetzner: the names for people, the API's lists, and the keys of a single one. */
const lists = {
  server: { list: "servers", one: "server" },
  "Primary IP": { list: "primary_ips", one: "primary_ip" },
  "standby Primary IP": { list: "primary_ips", one: "primary_ip" },
  firewall: { list: "firewalls", one: "firewall" },
  "SSH key": { list: "ssh_keys", one: "ssh_key" },
  volume: { list: "volumes", one: "volume" },
} as const;
export type Kind = keyof typeof lists;
export const kinds: readonly Kind[] = [
  "Primary IP",
  "standby Primary IP",
  "firewall",
  "SSH key",
  "volume",
  "server",
];
/** Each of the API's lists once. */
const listed = kinds.filter((kind) => kind !== "standby Primary IP");

/** Something at Hetzner. */
export interface Item {
  kind: Kind;
  id: number;
  name: string;
  labels: Record<string, string>;
  /** Of a Primary IP, or the server's; undefined for everything else. */
  ip: string | undefined;
}

const reply = z.looseObject({
  id: z.int(),
  name: z.string().nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  ip: z.string().optional(),
  public_net: z.looseObject({ ipv4: z.looseObject({ ip: z.string() }).nullish() }).optional(),
});

/** How a stack's items are recognized. */
export interface Search {
  /** The names that the stack gives them. Items from before version 0.6.0 have no labels. */
  names: readonly string[];
  labels: StackLabels;
  /** What the stack's state knows, also if it was renamed. */
  ids?: readonly { kind: Kind; id: number }[];
}

/**
 * What Hetzner has of a stack, by labels, by name and by id.
 *
 * @throws HetznerError
 */
export async function findItems(client: HetznerClient, search: Search): Promise<Item[]> {
  const queries = [
    { label_selector: selectorFor(search.labels) },
    ...[...new Set(search.names)].map((name) => ({ name })),
  ];
  const found = await Promise.all([
    ...listed.flatMap((kind) => queries.map((query) => listItems(client, kind, query))),
    ...(search.ids ?? []).map(({ kind, id }) => readItem(client, kind, id)),
  ]);
  const byId = new Map(found.flat().map((item) => [`${item.kind} ${item.id}`, item]));
  return [...byId.values()];
}

/** @throws HetznerError */
async function listItems(
  client: HetznerClient,
  kind: Kind,
  query: Record<string, string> = {},
): Promise<Item[]> {
  const items = await client.list(lists[kind].list, reply, query);
  return items.map((item) => itemOf(kind, item));
}

/** None if it doesn't exist. */
async function readItem(client: HetznerClient, kind: Kind, id: number): Promise<Item[]> {
  const { list, one } = lists[kind];
  try {
    const answer = await client.get(`/${list}/${id}`, z.record(z.string(), z.unknown()));
    return [itemOf(kind, reply.parse(answer[one]))];
  } catch (error) {
    if (error instanceof HetznerError && error.code === "not_found") {
      return [];
    }
    throw error;
  }
}

/** @throws HetznerError, code "not_found" if it doesn't exist */
export async function deleteItem(client: HetznerClient, { kind, id }: Item): Promise<void> {
  await client.delete(`/${lists[kind].list}/${id}`);
}

function itemOf(kind: Kind, { id, name, labels, ip, public_net }: z.output<typeof reply>): Item {
  return {
    kind: lists[kind].list === "primary_ips" ? addressKind(labels ?? {}) : kind,
    id,
    name: name ?? "",
    labels: labels ?? {},
    ip: ip ?? public_net?.ipv4?.ip,
  };
}

function addressKind(labels: Record<string, string>): Kind {
  return Object.entries(standbyLabel).every(([key, value]) => labels[key] === value)
    ? "standby Primary IP"
    : "Primary IP";
}

/** Whether it has the labels of another stack. Without labels, it doesn't say whose it is. */
export function isOfAnotherStack({ labels }: Item, own: StackLabels): boolean {
  return Object.entries(own).some(([key, value]) => labels[key] !== undefined && labels[key] !== value);
}
