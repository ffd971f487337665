import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { HetznerClient } from "./client.ts";
import { HetznerError, isPassing } from "./failure.ts";
import { deleteItem, findItems, type Item } from "./inventory.ts";
import type { StackLabels } from "./labels.ts";
import { action } from "./replies.ts";

// A server that is fenced: its power is off, and a firewall lets nothing in or out, so that not even a person who switches
// it on starts a second bot. Only what Hetzner shows afterwards counts.

/** The label of a fenced server and of its firewall, besides those of the stack. */
const fencedLabel = { "pulumi-resource": "fenced" };

/** Whether it is a fenced server, or the firewall of one: the stack's state doesn't know it. */
export function isFenced({ labels }: Pick<Item, "labels">): boolean {
  return labels["pulumi-resource"] === fencedLabel["pulumi-resource"];
}

/** The name of a fenced server. @param name that of the stack's server, which the next one gets */
function fencedName(name: string): string {
  return `${name}-fenced`;
}

/** A server that is to be fenced. */
export interface ToFence {
  id: number;
  /** That of the stack's server. */
  name: string;
  labels: StackLabels;
}

/** What Hetzner has confirmed, and why not more. */
export interface Fence {
  isOff: boolean;
  isCutOff: boolean;
  problems: string[];
}

/** How long a system may take to shut down before its power is cut, in ms. */
const shutDownLimit = 60_000;
const powerOffLimit = 120_000;
const pollEvery = 2_000;

/** Nothing in. And nothing out: from the first rule for outgoing traffic on, Hetzner drops what no rule allows. */
const rules = [
  {
    description: "Fenced: nothing leaves this server",
    direction: "out",
    protocol: "tcp",
    port: "1",
    source_ips: [],
    // A packet to this address never leaves a machine.
    destination_ips: ["127.0.0.1/32"],
  },
];

const firewall = z.looseObject({ id: z.int(), rules: z.array(z.looseObject({})) });
const firewallReply = z.looseObject({ firewall });
const actionsReply = z.looseObject({ actions: z.array(action).default([]) });
const server = z.looseObject({
  status: z.string(),
  public_net: z.looseObject({
    firewalls: z.array(z.looseObject({ id: z.int(), status: z.string() })).default([]),
  }),
});
type ServerReply = z.output<typeof server>;

/**
 * Powers a server off, puts it behind a firewall that lets nothing through, and gives it another name, so that the next
 * server can have its own. It can be repeated. A server that doesn't exist any more is fenced.
 */
export async function fence(client: HetznerClient, wanted: ToFence): Promise<Fence> {
  const problems: string[] = [];
  let firewallId: number | undefined;
  const attempt = async (what: string, step: () => Promise<void>): Promise<void> => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof HetznerError)) {
        throw error;
      }
      problems.push(`${what}: ${error.message}`);
    }
  };
  try {
    await read(client, wanted.id);
  } catch (error) {
    if (error instanceof HetznerError && error.code === "not_found") {
      return { isOff: true, isCutOff: true, problems };
    }
  }
  await attempt("The server could not be powered off", () => powerOff(client, wanted.id));
  await attempt("The firewall could not be applied", async () => {
    firewallId = await requireFirewall(client, wanted);
    await applyOnly(client, wanted.id, firewallId);
  });
  await attempt("The server could not be renamed", () =>
    client.put(`/servers/${wanted.id}`, {
      name: fencedName(wanted.name),
      labels: { ...wanted.labels, ...fencedLabel },
    }),
  );
  const confirmed = await confirm(client, wanted.id, firewallId).catch((error: unknown) => {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    problems.push(`Hetzner could not be asked whether the server is fenced: ${error.message}`);
    return { isOff: false, isCutOff: false };
  });
  return { ...confirmed, problems };
}

/** Reads back what was done: an action that has ended well is not enough. */
async function confirm(
  client: HetznerClient,
  id: number,
  firewallId: number | undefined,
): Promise<Pick<Fence, "isOff" | "isCutOff">> {
  const current = await read(client, id);
  const { firewalls } = current.public_net;
  const isOnlyOurs =
    firewalls.length === 1 && firewalls[0]?.id === firewallId && firewalls[0]?.status === "applied";
  const own = isOnlyOurs ? await client.get(`/firewalls/${firewallId}`, firewallReply) : undefined;
  return {
    isOff: current.status === "off",
    isCutOff: own !== undefined && hasOurRules(own.firewall),
  };
}

async function read(client: HetznerClient, id: number): Promise<ServerReply> {
  return (await client.get(`/servers/${id}`, z.looseObject({ server }))).server;
}

/** Through the operating system first, so that a bot that runs can end well. */
async function powerOff(client: HetznerClient, id: number): Promise<void> {
  const { clock } = client;
  const begun = clock.now();
  const isOff = async (): Promise<boolean> => (await read(client, id)).status === "off";
  if (await isOff()) {
    return;
  }
  const isRefused = await refuses(() => client.act(`/servers/${id}/actions/shutdown`, {}, shutDownLimit));
  let isCut = false;
  while (!(await isOff())) {
    const elapsed = clock.now() - begun;
    if (elapsed >= shutDownLimit + powerOffLimit) {
      throw new HetznerError("unfinished", "Hetzner still reports it as on.");
    }
    if (!isCut && (isRefused || elapsed >= shutDownLimit)) {
      isCut = true;
      await client.act(`/servers/${id}/actions/poweroff`, {}, powerOffLimit);
    }
    await clock.sleep(pollEvery);
  }
}

/** Whether Hetzner won't do it, also not in a moment. What follows looks at the server again. */
async function refuses(step: () => Promise<void>): Promise<boolean> {
  try {
    await step();
    return false;
  } catch (error) {
    if (!(error instanceof HetznerError)) {
      throw error;
    }
    return !isPassing(error) && error.code !== "unfinished";
  }
}

/** @returns the id of the firewall with exactly our rules */
async function requireFirewall(client: HetznerClient, { name, labels }: ToFence): Promise<number> {
  const wanted = { name: fencedName(name), labels: { ...labels, ...fencedLabel }, rules };
  const [existing] = await client.list("firewalls", firewall, { name: wanted.name });
  if (existing === undefined) {
    return (await client.post("/firewalls", wanted, firewallReply)).firewall.id;
  }
  if (!hasOurRules(existing)) {
    await actOn(client, `/firewalls/${existing.id}/actions/set_rules`, { rules });
  }
  return existing.id;
}

function hasOurRules(found: z.output<typeof firewall>): boolean {
  return isDeepStrictEqual(found.rules.map(whatItAllows), rules.map(whatItAllows));
}

/** Without its description, which Hetzner may shorten. */
function whatItAllows({ direction, protocol, port, source_ips, destination_ips }: Record<string, unknown>) {
  return { direction, protocol, port, source_ips, destination_ips };
}

/** Two firewalls would allow what either of them allows. */
async function applyOnly(client: HetznerClient, id: number, firewallId: number): Promise<void> {
  const target = { type: "server", server: { id } };
  const { firewalls } = (await read(client, id)).public_net;
  if (!firewalls.some((one) => one.id === firewallId)) {
    await actOn(client, `/firewalls/${firewallId}/actions/apply_to_resources`, { apply_to: [target] });
  }
  for (const other of firewalls.filter((one) => one.id !== firewallId)) {
    await actOn(client, `/firewalls/${other.id}/actions/remove_from_resources`, { remove_from: [target] });
  }
}

async function actOn(client: HetznerClient, path: string, body: object): Promise<void> {
  const { actions } = await client.post(path, body, actionsReply);
  for (const one of actions) {
    await client.waitFor(one, powerOffLimit);
  }
}

/**
 * Takes a fence back: the server gets its name, its firewall and its power again.
 *
 * @param firewallName that of the stack's own firewall
 * @throws HetznerError
 */
export async function unfence(client: HetznerClient, { id, name, labels }: ToFence): Promise<void> {
  await client.put(`/servers/${id}`, { name, labels });
  const [own] = await client.list("firewalls", firewall, { name });
  if (own !== undefined) {
    await applyOnly(client, id, own.id);
  }
  await deleteFenced(client, labels);
}

/** What is fenced of a stack. @throws HetznerError */
export async function findFenced(client: HetznerClient, labels: StackLabels): Promise<Item[]> {
  const items = await findItems(client, { names: [], labels: { ...labels, ...fencedLabel } });
  return items.filter(isFenced);
}

/** Deletes what is fenced of a stack, the servers first. It can be repeated. @throws HetznerError */
export async function deleteFenced(client: HetznerClient, labels: StackLabels): Promise<void> {
  const items = await findFenced(client, labels);
  const servers = items.filter(({ kind }) => kind === "server");
  for (const item of [...servers, ...items.filter((one) => !servers.includes(one))]) {
    await deleteWithRetries(client, item);
  }
}

/** A firewall is in use until Hetzner has finished to delete its server. */
async function deleteWithRetries(client: HetznerClient, item: Item): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await deleteItem(client, item);
      return;
    } catch (error) {
      if (!(error instanceof HetznerError) || error.code === "not_found") {
        if (error instanceof HetznerError) {
          return;
        }
        throw error;
      }
      if (tries >= 10 || !(isPassing(error) || error.code === "resource_in_use")) {
        throw error;
      }
      await client.clock.sleep(pollEvery);
    }
  }
}
