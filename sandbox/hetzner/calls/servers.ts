import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Call, created, ok, type Reply, type Route } from "../call.ts";
import { protectedError } from "../errors.ts";
import { parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { listReply } from "../list.ts";
import { type Action, actionJson } from "../state/actions.ts";
import { contentOf, deleteBackups } from "../state/images.ts";
import { applyFirewalls } from "../state/machines.ts";
import { freeAddresses, makePrimaryIp } from "../state/primary-ips.ts";
import type { Project } from "../state/project.ts";
import type { Server } from "../state/resources.ts";
import { requireUnlocked, runLocked, serverJson } from "../state/servers.ts";
import { joinNetwork } from "./server-networks.ts";
import { type CreateInput, createInput, type Order, resolveOrder, serverName } from "./server-order.ts";

export const serverRoutes: Route[] = [
  ["GET", "/servers", list],
  ["POST", "/servers", create],
  ["GET", "/servers/:id", get],
  ["PUT", "/servers/:id", update],
  ["DELETE", "/servers/:id", remove],
];

const updateInput = z.object({ name: serverName.optional(), labels: labelsInput.optional() });

function list(call: Call): Reply {
  return listReply(call, call.project.servers.list(), {
    key: "servers",
    toJson: (server) => serverJson(call.project, server),
    sortKeys: {
      id: (server) => server.id,
      name: (server) => server.name,
      created: (server) => server.created.getTime(),
    },
    filters: { name: (server) => server.name, status: (server) => server.status },
    labels: (server) => server.labels,
  });
}

function create({ project, body }: Call): Reply {
  const input = parseBody(createInput, body);
  project.servers.requireFreeName(input.name);
  const order = resolveOrder(project, input);

  const server = addServer(project, input, order);
  const create = project.actions.begin("create_server", resourceOf(server));
  const start = input.start_after_create
    ? project.actions.begin("start_server", resourceOf(server))
    : undefined;
  void bringUp(project, server, input, order, create, start);
  const now = project.now();
  return created({
    server: serverJson(project, server),
    action: actionJson(create, now),
    next_actions: start ? [actionJson(start, now)] : [],
    root_password: server.sshKeys.length > 0 ? null : randomBytes(15).toString("base64url"),
  });
}

/** Adds the server to the project, with its addresses and firewalls. */
function addServer(project: Project, input: CreateInput, order: Order): Server {
  const server: Server = {
    id: project.shared.ids.next("server"),
    name: input.name,
    labels: input.labels,
    created: project.now(),
    status: "initializing",
    locks: 0,
    otherLocks: 0,
    hasMachine: false,
    type: order.type,
    location: order.location,
    image: order.image,
    isRescueEnabled: false,
    placementGroupId: order.placementGroup?.id,
    privateNets: new Map(),
    diskSize: order.type.disk,
    isProtected: false,
    backupWindow: undefined,
    sshKeys: order.sshKeys.map((key) => key.publicKey),
    userData: input.user_data,
  };
  // Before the server exists, because it may be refused.
  for (const network of order.networks) {
    joinNetwork(project, network, server);
  }
  project.servers.add(server);
  for (const type of ["ipv4", "ipv6"] as const) {
    if (!input.public_net[`enable_${type}`]) {
      continue;
    }
    const ip =
      order.primaryIps.find((one) => one.type === type) ??
      // Documented: created with the server. Assumed: deleted with it.
      makePrimaryIp(project, { type, location: order.location, autoDelete: true });
    ip.assigneeId = server.id;
  }
  for (const firewall of order.firewalls) {
    firewall.servers.set(server.id, "pending");
  }
  for (const volume of order.volumes) {
    volume.serverId = server.id;
  }
  return server;
}

/** What happens after the reply: a machine is made, gets its firewall, and starts. */
async function bringUp(
  project: Project,
  server: Server,
  input: CreateInput,
  order: Order,
  create: Action,
  start: Action | undefined,
): Promise<void> {
  const { dataCentre } = project.shared;
  // The lock is held during both actions, so that no other action runs between them.
  server.locks += 1;
  const wasMade = await runLocked(
    project,
    server,
    create,
    { after: start ? "starting" : "off" },
    async () => {
      await dataCentre.create({
        id: server.id,
        name: server.name,
        image: contentOf(order.image),
        userData: input.user_data,
        sshKeys: order.sshKeys.map((key) => key.publicKey),
        ipv4: project.primaryIpOf(server, "ipv4")?.ip,
      });
      server.hasMachine = true;
      for (const volume of order.volumes) {
        await dataCentre.attachVolume(volume.id, server.id);
      }
      await applyFirewalls(project, server);
      for (const firewall of order.firewalls) {
        firewall.servers.set(server.id, "applied");
      }
      // A data centre's machines start when they are made.
      if (!start) {
        await dataCentre.powerOff(server.id);
      }
    },
  );
  if (!wasMade) {
    // A machine that was made nevertheless is found to be on by the next request.
    server.status = "off";
    if (start) {
      project.actions.giveUp(start);
    }
  } else if (start) {
    const hasStarted = await runLocked(project, server, start, { after: "running" }, () =>
      dataCentre.powerOn(server.id),
    );
    if (!hasStarted) {
      server.status = "off";
    }
  }
  server.locks -= 1;
}

function get({ project, params }: Call): Reply {
  return ok({ server: serverJson(project, project.servers.get(params.id)) });
}

function update({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const { name = server.name, labels = server.labels } = parseBody(updateInput, body);
  project.servers.requireFreeName(name, server);
  // The machine keeps its host name, as at Hetzner.
  server.name = name;
  server.labels = labels;
  // Firewalls may apply by label. Nothing waits for that: "up to a few seconds" in the documentation.
  if (server.hasMachine) {
    void applyFirewalls(project, server).catch(report(project, server));
  }
  return ok({ server: serverJson(project, server) });
}

function report(project: Project, server: Server): (error: unknown) => void {
  return (error) => {
    project.shared.report(`the firewalls of server ${server.id} could not be applied: ${String(error)}`);
  };
}

/** Assumed: the server exists with the status "deleting" until its action ends. */
function remove({ project, params }: Call): Reply {
  const server = project.servers.get(params.id);
  if (server.isProtected) {
    throw protectedError("server");
  }
  requireUnlocked(project, server);
  const action = project.actions.begin("delete_server", resourceOf(server));
  let isDeleted = false;
  void runLocked(project, server, action, { during: "deleting", after: "deleting" }, async () => {
    await deleteMachine(project, server);
    isDeleted = true;
  }).then(() => {
    if (isDeleted) {
      removeServer(project, server);
    }
  });
  return ok({ action: actionJson(action, project.now()) });
}

async function deleteMachine(project: Project, server: Server): Promise<void> {
  if (server.hasMachine) {
    await project.shared.dataCentre.delete(server.id);
  }
  server.hasMachine = false;
}

/** Removes a server at once, without an action of this project: as if its owner had deleted it in the console. */
export async function vanish(project: Project, server: Server): Promise<void> {
  // Nothing else may look at the machine meanwhile.
  server.locks += 1;
  await deleteMachine(project, server);
  removeServer(project, server);
}

/** Documented: everything attached to the server is detached. */
function removeServer(project: Project, server: Server): void {
  project.servers.remove(server.id);
  for (const firewall of project.firewalls.list()) {
    firewall.servers.delete(server.id);
  }
  for (const volume of project.volumesOf(server)) {
    volume.serverId = undefined;
  }
  deleteBackups(project, server);
  if (project.shared.conditions.addressesComeFree) {
    freeAddresses(project);
  }
}

function resourceOf(server: Server): { id: number; type: "server" } {
  return { id: server.id, type: "server" };
}
