import { serverTypeJson } from "../catalogue/server-type-json.ts";
import { locked, unprocessable } from "../errors.ts";
import { timestamp } from "../timestamp.ts";
import type { Action } from "./actions.ts";
import { anyImageJson } from "./images.ts";
import { privateNetsJson } from "./networks.ts";
import { placementGroupJson } from "./placement-groups.ts";
import { dnsPtrJson } from "./primary-ips.ts";
import type { Project } from "./project.ts";
import type { PrimaryIp, Server, ServerStatus } from "./resources.ts";

/** @throws ApiError `locked` while an action runs on it */
export function requireUnlocked(project: Project, server: Server): void {
  if (isLocked(project, server)) {
    throw locked();
  }
}

/** Whether an action runs on it. */
export function isLocked(project: Project, server: Server): boolean {
  const isLockedByTest = project.shared.conditions.lockedServers.includes(server.id);
  return server.locks > 0 || server.otherLocks > 0 || isLockedByTest;
}

/** @throws ApiError `server_not_stopped` */
export function requireStopped(server: Server): void {
  if (server.status !== "off") {
    throw unprocessable("server_not_stopped", "The Server is running, but needs to be powered off");
  }
}

/** A server's status while an action runs, and after it succeeded. By default it stays. */
export interface StatusChange {
  during?: ServerStatus;
  after?: ServerStatus;
}

/**
 * Performs an action that locks the server for other actions. If it fails, the server has its previous status
 * again.
 *
 * @returns whether it succeeded; it never rejects
 */
export async function runLocked(
  project: Project,
  server: Server,
  action: Action,
  change: StatusChange,
  work: () => Promise<void>,
): Promise<boolean> {
  const before = server.status;
  server.status = change.during ?? before;
  server.locks += 1;
  const succeeded = await project.actions.perform(action, work);
  server.status = succeeded ? (change.after ?? before) : before;
  server.locks -= 1;
  return succeeded;
}

const terabyte = 1024 ** 4;

/** A server as the API shows it: without `datacenter` since 2026-07-01. */
export function serverJson(project: Project, server: Server): object {
  const ipv4 = project.primaryIpOf(server, "ipv4");
  const ipv6 = project.primaryIpOf(server, "ipv6");
  const placementGroup = project.placementGroups.find(server.placementGroupId ?? 0);
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    created: timestamp(server.created),
    public_net: {
      ipv4: ipv4 ? { ...addressJson(ipv4), dns_ptr: ipv4.dnsPtr.get(ipv4.ip) ?? "" } : null,
      ipv6: ipv6 ? { ...addressJson(ipv6), dns_ptr: dnsPtrJson(ipv6) } : null,
      floating_ips: [],
      firewalls: project.firewallsOf(server).map((firewall) => ({
        id: firewall.id,
        status: firewall.servers.get(server.id) ?? "applied",
      })),
    },
    private_net: privateNetsJson(server),
    server_type: serverTypeJson(server.type, project.market()),
    location: server.location,
    image: anyImageJson(server.image, project.market()),
    iso: null,
    rescue_enabled: server.isRescueEnabled,
    locked: isLocked(project, server),
    backup_window: server.backupWindow ?? null,
    outgoing_traffic: 0,
    ingoing_traffic: 0,
    included_traffic: 20 * terabyte,
    protection: { delete: server.isProtected, rebuild: server.isProtected },
    labels: server.labels,
    volumes: project.volumesOf(server).map(({ id }) => id),
    load_balancers: [],
    primary_disk_size: server.diskSize,
    placement_group: placementGroup ? placementGroupJson(project, placementGroup) : null,
  };
}

function addressJson(ip: PrimaryIp): object {
  return { id: ip.id, ip: ip.ip, blocked: false };
}
