import * as z from "zod";
import { type Call, created, type Reply, type Route } from "../call.ts";
import { invalidInput, unprocessable } from "../errors.ts";
import { parseBody } from "../input.ts";
import { contains, formatAddress, freeAddress, overlap, parseAddress } from "../private-ranges.ts";
import { type Action, actionJson } from "../state/actions.ts";
import { serversIn, storedRange, takenAddresses } from "../state/networks.ts";
import type { Project } from "../state/project.ts";
import type { Network, Server } from "../state/resources.ts";
import { requireUnlocked, runLocked } from "../state/servers.ts";
import { addressInput, rangeInput } from "./network-input.ts";

export const serverNetworkRoutes: Route[] = [
  ["POST", "/servers/:id/actions/attach_to_network", attach],
  ["POST", "/servers/:id/actions/detach_from_network", detach],
  ["POST", "/servers/:id/actions/change_alias_ips", changeAliasIps],
];

const attachInput = z.object({
  network: z.int().positive(),
  ip: addressInput.optional(),
  ip_range: rangeInput.optional(),
  alias_ips: z.array(addressInput).default([]),
});
const detachInput = z.object({ network: z.int().positive() });
const aliasInput = z.object({ network: z.int().positive(), alias_ips: z.array(addressInput) });

function attach({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const input = parseBody(attachInput, body);
  const network = project.networks.get(input.network);
  requireUnlocked(project, server);
  joinNetwork(project, network, server, input);
  return act(project, server, "attach_to_network", network);
}

/**
 * Gives a server an address in a network. The codes are documented.
 *
 * @throws ApiError if it is in the network already, or there is no address for it
 */
export function joinNetwork(
  project: Project,
  network: Network,
  server: Server,
  wanted: { ip?: string | undefined; ip_range?: string | undefined; alias_ips?: string[] } = {},
): void {
  if (server.privateNets.has(network.id)) {
    throw unprocessable("server_already_attached", "The server is already attached to the network");
  }
  const whole = storedRange(network.ipRange);
  const others = project.networks.list().filter(({ id }) => server.privateNets.has(id));
  if (others.some((other) => overlap(storedRange(other.ipRange), whole))) {
    throw unprocessable("networks_overlap", "The network IP range overlaps with one of the server networks");
  }
  const ip = addressFor(project, network, server, wanted);
  const aliasIps = wanted.alias_ips ?? [];
  requireFree(aliasIps, [...takenAddresses(project, network), ip]);
  server.privateNets.set(network.id, { ip, aliasIps });
}

/** Documented: it is in a subnet of the server's network zone. */
function addressFor(
  project: Project,
  network: Network,
  server: Server,
  { ip, ip_range: range }: { ip?: string | undefined; ip_range?: string | undefined },
): string {
  const subnets = network.subnets
    .filter((subnet) => subnet.networkZone === server.location.network_zone && subnet.type !== "vswitch")
    .filter((subnet) => range === undefined || subnet.ipRange === range)
    .map((subnet) => storedRange(subnet.ipRange));
  const taken = takenAddresses(project, network);
  if (ip !== undefined) {
    const address = parseAddress(ip) ?? 0;
    const isInside = subnets.some((subnet) =>
      contains(subnet, { first: address, last: address, prefix: 32 }),
    );
    if (!isInside || taken.includes(ip)) {
      throw unprocessable("ip_not_available", "The provided Network IP is not available");
    }
    return ip;
  }
  const numbers = taken.map((one) => parseAddress(one) ?? 0);
  const [free] = subnets.flatMap((subnet) => freeAddress(subnet, numbers) ?? []);
  if (free === undefined) {
    throw unprocessable(
      "no_subnet_available",
      "No Subnet or IP is available for the Server within the network",
    );
  }
  return formatAddress(free);
}

function requireFree(aliasIps: readonly string[], taken: readonly string[]): void {
  if (aliasIps.some((ip) => taken.includes(ip))) {
    throw unprocessable("ip_not_available", "The provided Network IP is not available");
  }
}

function detach({ project, params, body }: Call): Reply {
  const { server, network } = attached(project, params.id, parseBody(detachInput, body).network);
  requireUnlocked(project, server);
  server.privateNets.delete(network.id);
  return act(project, server, "detach_from_network", network);
}

function changeAliasIps({ project, params, body }: Call): Reply {
  const input = parseBody(aliasInput, body);
  const { server, network, net } = attached(project, params.id, input.network);
  requireUnlocked(project, server);
  const ofOthers = serversIn(project, network)
    .filter((other) => other !== server)
    .flatMap((other) => other.privateNets.get(network.id)?.aliasIps ?? []);
  requireFree(input.alias_ips, [...ofOthers, net.ip]);
  net.aliasIps = input.alias_ips;
  return act(project, server, "change_alias_ips", network);
}

/** Assumed: the code for a network that the server isn't in. */
function attached(project: Project, serverId: string, networkId: number) {
  const server = project.servers.get(serverId);
  const network = project.networks.get(networkId);
  const net = server.privateNets.get(network.id);
  if (net === undefined) {
    throw invalidInput({ name: "network", messages: ["the server is not attached to it"] });
  }
  return { server, network, net };
}

/** An action that locks the server, and the network for changes. Its change was made before. */
function act(project: Project, server: Server, command: string, network: Network): Reply {
  const action: Action = project.actions.begin(
    command,
    { id: server.id, type: "server" },
    { id: network.id, type: "network" },
  );
  void runLocked(project, server, action, {}, () => Promise.resolve());
  return created({ action: actionJson(action, project.now()) });
}
