import type { FirewallRule } from "../data-centre.ts";
import type { Rule } from "../firewall-rules.ts";
import type { Project } from "./project.ts";
import type { Server } from "./resources.ts";

/** Applies a server's firewalls to its machine. Several firewalls allow what any of them allows. */
export async function applyFirewalls(project: Project, server: Server): Promise<void> {
  // A server that is deleted, or is being deleted, needs no firewall.
  if (project.servers.find(server.id) === undefined || server.status === "deleting") {
    return;
  }
  const firewalls = project.firewallsOf(server);
  const rules =
    firewalls.length === 0 ? undefined : firewalls.flatMap((firewall) => firewall.rules.map(machineRule));
  await project.shared.dataCentre.setFirewall(server.id, rules);
}

function machineRule(rule: Rule): FirewallRule {
  return {
    direction: rule.direction,
    protocol: rule.protocol,
    port: rule.port ?? undefined,
    addresses: rule.direction === "in" ? rule.source_ips : rule.destination_ips,
  };
}

/** Checks which machines are on: one may have powered itself off, or started again, without a call. */
export async function watchPower(project: Project): Promise<void> {
  await Promise.all(project.servers.list().map((server) => watchOne(project, server)));
}

async function watchOne(project: Project, server: Server): Promise<void> {
  if (isBusy(server)) {
    return;
  }
  const { dataCentre } = project.shared;
  const isRunning = await dataCentre.isRunning(server.id);
  const isRescueNext = await dataCentre.isRescueNext(server.id);
  // An action that has begun meanwhile sets the status.
  if (isBusy(server)) {
    return;
  }
  server.isRescueEnabled = isRescueNext;
  if (isRunning) {
    // A server that shuts down is on for a while longer.
    if (server.status === "off") {
      server.status = "running";
    }
  } else {
    server.status = "off";
  }
}

function isBusy(server: Server): boolean {
  return server.locks > 0 || !server.hasMachine;
}
