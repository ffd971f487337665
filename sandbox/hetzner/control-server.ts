import type { FastifyInstance } from "fastify";
import { controlServer } from "../emulator/control-server.ts";
import type { Projects } from "./authentication.ts";
import { vanish } from "./calls/servers.ts";
import { changeConditions, type Conditions } from "./conditions.ts";
import {
  actionFault,
  fault,
  type ListedPrimaryIp,
  type ListedServer,
  type ListedVolume,
  remainingRequests,
} from "./control-protocol.ts";
import type { RateLimit } from "./rate-limit.ts";
import { freeAddresses } from "./state/primary-ips.ts";
import type { SharedState } from "./state/shared-state.ts";

/** The control API, for tests and the demo: read the state, order faults. control.ts is its client. */
export function buildControl(options: {
  shared: SharedState;
  projects: Projects;
  rateLimit: RateLimit;
}): FastifyInstance {
  const { shared, projects, rateLimit } = options;
  const control = controlServer({ log: shared.log, faults: shared.faults, fault });

  const initially = shared.conditions;
  const setConditions = (conditions: Conditions): void => {
    shared.conditions = conditions;
    if (conditions.addressesComeFree) {
      projects.list().forEach(freeAddresses);
    }
  };

  control.post("/action-faults", (request, reply) => {
    shared.faults.addForAction(actionFault.parse(request.body));
    return reply.code(204).send();
  });
  control.put("/conditions", (request, reply) => {
    setConditions(changeConditions(shared.conditions, request.body));
    return reply.code(204).send();
  });
  control.delete("/conditions", (_request, reply) => {
    setConditions(initially);
    return reply.code(204).send();
  });
  control.delete<{ Params: { id: string } }>("/servers/:id", async (request, reply) => {
    for (const project of projects.list()) {
      const server = project.servers.find(Number(request.params.id));
      if (server) {
        await vanish(project, server);
        return reply.code(204).send();
      }
    }
    return reply.code(404).send();
  });
  control.put("/remaining-requests", (request, reply) => {
    rateLimit.setRemaining(remainingRequests.parse(request.body).remaining);
    return reply.code(204).send();
  });
  control.get("/servers", () => ({ servers: listServers(projects) }));
  control.get("/primary-ips", () => ({ primaryIps: listPrimaryIps(projects) }));
  control.get("/volumes", () => ({ volumes: listVolumes(projects) }));
  return control;
}

function listServers(projects: Projects): ListedServer[] {
  return projects.list().flatMap((project) =>
    project.servers.list().map((server) => ({
      project: project.name,
      id: server.id,
      name: server.name,
      status: server.status,
      serverType: server.type.name,
      location: server.location.name,
      ipv4: project.primaryIpOf(server, "ipv4")?.ip ?? null,
    })),
  );
}

function listPrimaryIps(projects: Projects): ListedPrimaryIp[] {
  return projects.list().flatMap((project) =>
    project.primaryIps.list().map((ip) => ({
      project: project.name,
      id: ip.id,
      name: ip.name,
      ip: ip.ip,
      location: ip.location.name,
      isProtected: ip.isProtected,
      assigneeId: ip.assigneeId ?? null,
    })),
  );
}

function listVolumes(projects: Projects): ListedVolume[] {
  return projects.list().flatMap((project) =>
    project.volumes.list().map((volume) => ({
      project: project.name,
      id: volume.id,
      name: volume.name,
      size: volume.size,
      location: volume.location.name,
      isProtected: volume.isProtected,
      labels: volume.labels,
      serverId: volume.serverId ?? null,
    })),
  );
}
