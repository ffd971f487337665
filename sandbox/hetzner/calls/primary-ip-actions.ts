import ipaddr from "ipaddr.js";
import * as z from "zod";
import { type Call, created, type Reply, type Route } from "../call.ts";
import { invalidInput, unprocessable } from "../errors.ts";
import { parseBody } from "../input.ts";
import { type Action, actionJson } from "../state/actions.ts";
import { defaultDnsPtr } from "../state/primary-ips.ts";
import type { Project } from "../state/project.ts";
import type { PrimaryIp, Server } from "../state/resources.ts";
import { requireStopped, requireUnlocked, runLocked } from "../state/servers.ts";

export const primaryIpActionRoutes: Route[] = [
  ["POST", "/primary_ips/:id/actions/assign", assign],
  ["POST", "/primary_ips/:id/actions/unassign", unassign],
  ["POST", "/primary_ips/:id/actions/change_protection", changeProtection],
  ["POST", "/primary_ips/:id/actions/change_dns_ptr", changeDnsPtr],
];

const assignInput = z.object({ assignee_type: z.literal("server"), assignee_id: z.int().positive() });
const protectionInput = z.object({ delete: z.boolean() });
const dnsPtrInput = z.object({ ip: z.string(), dns_ptr: z.string().nullish() });

function assign({ project, params, body }: Call): Reply {
  const ip = project.primaryIps.get(params.id);
  const { assignee_id: serverId } = parseBody(assignInput, body);
  const server = project.servers.get(serverId);
  if (ip.assigneeId !== undefined) {
    throw unprocessable("primary_ip_already_assigned", "Primary IP is already assigned to a Server");
  }
  requireAssignable(project, ip.type, server);
  requireSameLocation(ip, server.location.name);
  return created({ action: actionJson(assignIp(project, ip, server), project.now()) });
}

/** @throws ApiError if the server is on, or already has an address of this type */
export function requireAssignable(project: Project, type: PrimaryIp["type"], server: Server): void {
  requireUnlocked(project, server);
  requireStopped(server);
  if (project.primaryIpOf(server, type)) {
    throw unprocessable(`server_has_${type}`, `The Server already has an ${type} address`);
  }
}

/** Documented: it is refused. Assumed: the code is the same as when a server is created. */
export function requireSameLocation(ip: PrimaryIp, location: string): void {
  if (ip.location.name === location) {
    return;
  }
  throw unprocessable(
    "primary_ip_datacenter_mismatch",
    `The Primary IP is in ${ip.location.name}, the server in ${location}`,
  );
}

/** Assigns an address to a server that may have it. */
export function assignIp(project: Project, ip: PrimaryIp, server: Server): Action {
  ip.assigneeId = server.id;
  const action = project.actions.begin(
    "assign_primary_ip",
    { id: server.id, type: "server" },
    { id: ip.id, type: "primary_ip" },
  );
  void runLocked(project, server, action, {}, () => setAddress(project, server));
  return action;
}

function unassign({ project, params }: Call): Reply {
  const ip = project.primaryIps.get(params.id);
  if (ip.assigneeId === undefined) {
    // Assumed: nothing is documented for this.
    throw invalidInput({ name: "id", messages: ["Primary IP is not assigned"] });
  }
  const server = project.servers.get(ip.assigneeId);
  requireUnlocked(project, server);
  requireStopped(server);
  ip.assigneeId = undefined;
  const action = project.actions.begin(
    "unassign_primary_ip",
    { id: server.id, type: "server" },
    { id: ip.id, type: "primary_ip" },
  );
  void runLocked(project, server, action, {}, () => setAddress(project, server));
  return created({ action: actionJson(action, project.now()) });
}

function setAddress(project: Project, server: Server): Promise<void> {
  return project.shared.dataCentre.setAddress(server.id, project.primaryIpOf(server, "ipv4")?.ip);
}

function changeProtection({ project, params, body }: Call): Reply {
  const ip = project.primaryIps.get(params.id);
  const { delete: isProtected } = parseBody(protectionInput, body);
  if (isProtected && ip.autoDelete) {
    // Documented as a condition. Assumed: the code.
    throw invalidInput({ name: "delete", messages: ["needs auto_delete to be false"] });
  }
  ip.isProtected = isProtected;
  const action = project.actions.done("change_protection", { id: ip.id, type: "primary_ip" });
  return created({ action: actionJson(action, project.now()) });
}

function changeDnsPtr({ project, params, body }: Call): Reply {
  const ip = project.primaryIps.get(params.id);
  setDnsPtr(ip, parseBody(dnsPtrInput, body));
  const action = project.actions.done("change_dns_ptr", { id: ip.id, type: "primary_ip" });
  return created({ action: actionJson(action, project.now()) });
}

/** Null resets the name of an IPv4 address, and removes the name of an IPv6 address. */
export function setDnsPtr(ip: PrimaryIp, input: z.output<typeof dnsPtrInput>): void {
  if (!contains(ip, input.ip)) {
    throw invalidInput({ name: "ip", messages: ["isn't one of its addresses"] });
  }
  if (input.dns_ptr !== undefined && input.dns_ptr !== null) {
    ip.dnsPtr.set(input.ip, input.dns_ptr);
  } else if (ip.type === "ipv4") {
    ip.dnsPtr.set(input.ip, defaultDnsPtr(input.ip));
  } else {
    ip.dnsPtr.delete(input.ip);
  }
}

export function contains(ip: PrimaryIp, address: string): boolean {
  if (ip.type === "ipv4") {
    return ip.ip === address;
  }
  return ipaddr.IPv6.isValid(address) && ipaddr.IPv6.parse(address).match(ipaddr.IPv6.parseCIDR(ip.ip));
}
