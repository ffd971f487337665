import type { Location } from "../catalogue/locations.ts";
import type { Labels } from "../labels.ts";
import { timestamp } from "../timestamp.ts";
import type { Project } from "./project.ts";
import type { PrimaryIp } from "./resources.ts";

/** What creating a Primary IP needs. */
export interface PrimaryIpOrder {
  /** An address that is created with a server gets a name from its id. */
  name?: string;
  type: PrimaryIp["type"];
  location: Location;
  autoDelete: boolean;
  labels?: Labels;
}

/** Takes an address from the pool and adds it to the project. */
export function makePrimaryIp(project: Project, order: PrimaryIpOrder): PrimaryIp {
  const id = project.shared.ids.next("primaryIp");
  const { addresses } = project.shared;
  const ip = order.type === "ipv4" ? addresses.takeIpv4() : addresses.takeIpv6();
  const primaryIp: PrimaryIp = {
    id,
    // Assumed, as the console shows them.
    name: order.name ?? `primary_ip-${id}`,
    labels: order.labels ?? {},
    created: project.now(),
    type: order.type,
    ip,
    location: order.location,
    autoDelete: order.autoDelete,
    isProtected: false,
    dnsPtr: new Map(),
    assigneeId: undefined,
  };
  if (order.type === "ipv4") {
    primaryIp.dnsPtr.set(ip, defaultDnsPtr(ip));
  }
  project.primaryIps.add(primaryIp);
  return primaryIp;
}

/** Detaches the addresses of servers that don't exist any more. Documented: one with `auto_delete` is deleted. */
export function freeAddresses(project: Project): void {
  for (const ip of project.primaryIps.list()) {
    if (ip.assigneeId === undefined || project.servers.find(ip.assigneeId)) {
      continue;
    }
    ip.assigneeId = undefined;
    if (ip.autoDelete) {
      project.primaryIps.remove(ip.id);
      project.shared.addresses.release(ip.ip);
    }
  }
}

/** The name that Hetzner gives to every IPv4 address. */
export function defaultDnsPtr(ip: string): string {
  return `static.${ip.split(".").toReversed().join(".")}.clients.your-server.de`;
}

/** A Primary IP as the API shows it: without `datacenter` since 2026-07-01. */
export function primaryIpJson(ip: PrimaryIp): object {
  return {
    id: ip.id,
    name: ip.name,
    labels: ip.labels,
    created: timestamp(ip.created),
    blocked: false,
    location: ip.location,
    ip: ip.ip,
    dns_ptr: dnsPtrJson(ip),
    protection: { delete: ip.isProtected },
    type: ip.type,
    auto_delete: ip.autoDelete,
    // Since 2026-08-01.
    assignee_type: ip.assigneeId === undefined ? "unassigned" : "server",
    assignee_id: ip.assigneeId ?? null,
  };
}

export function dnsPtrJson(ip: PrimaryIp): object[] {
  return [...ip.dnsPtr].map(([address, name]) => ({ ip: address, dns_ptr: name }));
}
