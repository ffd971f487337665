import { formatAddress, parseRange, type Range } from "../private-ranges.ts";
import { timestamp } from "../timestamp.ts";
import type { Project } from "./project.ts";
import type { Network, Server } from "./resources.ts";

/** A range that was checked when it was stored. */
export function storedRange(text: string): Range {
  const range = parseRange(text);
  if (range === undefined) {
    throw new Error(`${text} is not a range of addresses`);
  }
  return range;
}

/** Documented: the first address of the network. */
function gatewayOf(network: Network): string {
  return formatAddress(storedRange(network.ipRange).first + 1);
}

/** The servers that are in a network. */
export function serversIn(project: Project, network: Network): Server[] {
  return project.servers.list().filter((server) => server.privateNets.has(network.id));
}

/** Every address of a network that can't be given to a server. */
export function takenAddresses(project: Project, network: Network): string[] {
  const ofServers = serversIn(project, network).flatMap((server) => {
    const net = server.privateNets.get(network.id);
    return net === undefined ? [] : [net.ip, ...net.aliasIps];
  });
  return [gatewayOf(network), ...ofServers];
}

/** A network as the API shows it. */
export function networkJson(project: Project, network: Network): object {
  return {
    id: network.id,
    name: network.name,
    labels: network.labels,
    created: timestamp(network.created),
    ip_range: network.ipRange,
    subnets: network.subnets.map((subnet) => ({
      type: subnet.type,
      ip_range: subnet.ipRange,
      network_zone: subnet.networkZone,
      gateway: gatewayOf(network),
      vswitch_id: subnet.vswitchId,
    })),
    routes: network.routes,
    servers: serversIn(project, network).map(({ id }) => id),
    load_balancers: [],
    protection: { delete: network.isProtected },
    expose_routes_to_vswitch: network.exposesRoutes,
  };
}

/** A server's private networks as the API shows them. Assumed: how its hardware addresses look. */
export function privateNetsJson(server: Server): object[] {
  return [...server.privateNets].map(([network, { ip, aliasIps }]) => ({
    network,
    ip,
    alias_ips: aliasIps,
    mac_address: hardwareAddress(server.id, network),
  }));
}

function hardwareAddress(serverId: number, networkId: number): string {
  const digits = ((serverId * 0x1_00 + (networkId % 0x1_00)) % 0x1_00_00_00_00).toString(16).padStart(8, "0");
  return ["86", "00", ...(digits.match(/../g) ?? [])].join(":");
}
