import type { FastifyInstance } from "fastify";
import { controlServer } from "../emulator/control-server.ts";
import type { Projects } from "./authentication.ts";
import {
  actionDuration,
  actionFailure,
  fault,
  type ListedPrimaryIp,
  type ListedServer,
  remainingRequests,
  soldOut,
} from "./control-protocol.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { SharedState } from "./state/shared-state.ts";

/** The control API, for tests and the demo: read the state, order faults. control.ts is its client. */
export function buildControl(options: {
  shared: SharedState;
  projects: Projects;
  rateLimit: RateLimit;
}): FastifyInstance {
  const { shared, projects, rateLimit } = options;
  const control = controlServer({ log: shared.log, faults: shared.faults, fault });

  control.post("/action-failures", (request, reply) => {
    shared.faults.addActionFailure(actionFailure.parse(request.body));
    return reply.code(204).send();
  });
  control.put("/sold-out", (request, reply) => {
    shared.soldOut = soldOut.parse(request.body);
    return reply.code(204).send();
  });
  control.put("/action-duration", (request, reply) => {
    shared.actionDuration = actionDuration.parse(request.body).milliseconds;
    return reply.code(204).send();
  });
  control.put("/remaining-requests", (request, reply) => {
    rateLimit.setRemaining(remainingRequests.parse(request.body).remaining);
    return reply.code(204).send();
  });
  control.get("/servers", () => ({ servers: listServers(projects) }));
  control.get("/primary-ips", () => ({ primaryIps: listPrimaryIps(projects) }));
  return control;
}

function listServers(projects: Projects): ListedServer[] {
  return projects.list().flatMap((project) =>
    project.servers.list().map((server) => ({
      project: project.name,
      id: server.id,
      name: server.name,
      status: server.status,
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
      isProtected: ip.isProtected,
      assigneeId: ip.assigneeId ?? null,
    })),
  );
}
