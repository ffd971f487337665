import * as z from "zod";
import { type Call, created, noContent, ok, type Reply, type Route } from "../call.ts";
import { type Location, locations } from "../catalogue/locations.ts";
import { invalidInput, protectedError, unprocessable } from "../errors.ts";
import { findByIdOrName, idOrName, parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { listReply } from "../list.ts";
import { actionJson } from "../state/actions.ts";
import { makePrimaryIp, primaryIpJson } from "../state/primary-ips.ts";
import { assignIp, requireAssignable } from "./primary-ip-actions.ts";

export const primaryIpRoutes: Route[] = [
  ["GET", "/primary_ips", list],
  ["POST", "/primary_ips", create],
  ["GET", "/primary_ips/:id", get],
  ["PUT", "/primary_ips/:id", update],
  ["DELETE", "/primary_ips/:id", remove],
];

/** Optional since 2026-08-01, when unassigned addresses got their own type. */
const assigneeType = z.enum(["server", "unassigned"]).optional();

const createInput = z.object({
  name: z.string().min(1),
  type: z.enum(["ipv4", "ipv6"]),
  assignee_type: assigneeType,
  assignee_id: z.int().positive().nullish(),
  location: idOrName.optional(),
  // Assumed: refused since it was removed on 2026-07-01.
  datacenter: z.never({ error: "was removed, use location" }).optional(),
  auto_delete: z.boolean().default(false),
  labels: labelsInput.default({}),
});

const updateInput = z.object({
  name: z.string().min(1).optional(),
  labels: labelsInput.optional(),
  auto_delete: z.boolean().optional(),
});

function list(call: Call): Reply {
  return listReply(call, call.project.primaryIps.list(), {
    key: "primary_ips",
    toJson: primaryIpJson,
    sortKeys: { id: (ip) => ip.id, created: (ip) => ip.created.getTime() },
    filters: { name: (ip) => ip.name, ip: (ip) => ip.ip },
    labels: (ip) => ip.labels,
  });
}

function create({ project, body }: Call): Reply {
  const input = parseBody(createInput, body);
  project.primaryIps.requireFreeName(input.name);
  // Assumed: the order of the checks.
  const { account, conditions } = project.shared;
  account.requireRoom(conditions.limits, { servers: 0, primaryIps: 1 });
  const { name, type, labels, auto_delete: autoDelete } = input;
  if (input.assignee_id === undefined || input.assignee_id === null) {
    const ip = makePrimaryIp(project, {
      name,
      type,
      labels,
      autoDelete,
      location: locationOf(input.location),
    });
    // An address that isn't assigned needs no action.
    return created({ primary_ip: primaryIpJson(ip) });
  }
  const server = project.servers.get(input.assignee_id);
  requireAssignable(project, type, server);
  const ip = makePrimaryIp(project, { name, type, labels, autoDelete, location: server.location });
  const action = assignIp(project, ip, server);
  return created({ primary_ip: primaryIpJson(ip), action: actionJson(action, project.now()) });
}

function locationOf(wanted: string | number | undefined): Location {
  if (wanted === undefined) {
    throw invalidInput({ name: "location", messages: ["is required without an assignee_id"] });
  }
  const location = findByIdOrName(locations, wanted);
  if (!location) {
    throw invalidInput({ name: "location", messages: ["is unknown"] });
  }
  return location;
}

function get({ project, params }: Call): Reply {
  return ok({ primary_ip: primaryIpJson(project.primaryIps.get(params.id)) });
}

function update({ project, params, body }: Call): Reply {
  const ip = project.primaryIps.get(params.id);
  project.actions.requireNone({ id: ip.id, type: "primary_ip" });
  const {
    name = ip.name,
    labels = ip.labels,
    auto_delete: autoDelete = ip.autoDelete,
  } = parseBody(updateInput, body);
  project.primaryIps.requireFreeName(name, ip);
  // Documented only for the reverse case: protecting an address that has auto_delete.
  if (autoDelete && ip.isProtected) {
    throw invalidInput({ name: "auto_delete", messages: ["can't be set while the Primary IP is protected"] });
  }
  ip.name = name;
  ip.labels = labels;
  ip.autoDelete = autoDelete;
  return ok({ primary_ip: primaryIpJson(ip) });
}

function remove({ project, params }: Call): Reply {
  const ip = project.primaryIps.get(params.id);
  if (ip.isProtected) {
    throw protectedError("primary_ip");
  }
  if (ip.assigneeId !== undefined) {
    throw unprocessable("must_be_unassigned", "The Primary IP must be unassigned before it can be deleted");
  }
  project.primaryIps.remove(ip.id);
  project.shared.addresses.release(ip.ip);
  return noContent;
}
