import * as z from "zod";
import { type Call, created, noContent, ok, type Reply, type Route } from "../call.ts";
import { invalidInput, unprocessable } from "../errors.ts";
import { parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { listReply } from "../list.ts";
import { actionJson } from "../state/actions.ts";
import { placementGroupJson } from "../state/placement-groups.ts";
import type { PlacementGroup } from "../state/resources.ts";
import { requireStopped, requireUnlocked } from "../state/servers.ts";

/** Which server runs on which host has no meaning in the sandbox: an order never fails because of its placement group. */
export const placementGroupRoutes: Route[] = [
  ["GET", "/placement_groups", list],
  ["POST", "/placement_groups", create],
  ["GET", "/placement_groups/:id", get],
  ["PUT", "/placement_groups/:id", update],
  ["DELETE", "/placement_groups/:id", remove],
  ["POST", "/servers/:id/actions/add_to_placement_group", addServer],
  ["POST", "/servers/:id/actions/remove_from_placement_group", removeServer],
];

const createInput = z.object({
  name: z.string().min(1),
  type: z.literal("spread"),
  labels: labelsInput.default({}),
});
const updateInput = z.object({ name: z.string().min(1).optional(), labels: labelsInput.optional() });
const addInput = z.object({ placement_group: z.int().positive() });

function list(call: Call): Reply {
  return listReply(call, call.project.placementGroups.list(), {
    key: "placement_groups",
    toJson: (group) => placementGroupJson(call.project, group),
    sortKeys: {
      id: (group) => group.id,
      name: (group) => group.name,
      created: (group) => group.created.getTime(),
    },
    filters: { name: (group) => group.name, type: (group) => group.type },
    labels: (group) => group.labels,
  });
}

/** Assumed: no action is needed, because no server is in it. */
function create({ project, body }: Call): Reply {
  const input = parseBody(createInput, body);
  project.placementGroups.requireFreeName(input.name);
  const group: PlacementGroup = {
    id: project.shared.ids.next("placementGroup"),
    ...input,
    created: project.now(),
  };
  project.placementGroups.add(group);
  return created({ placement_group: placementGroupJson(project, group), action: null });
}

function get({ project, params }: Call): Reply {
  return ok({ placement_group: placementGroupJson(project, project.placementGroups.get(params.id)) });
}

function update({ project, params, body }: Call): Reply {
  const group = project.placementGroups.get(params.id);
  const { name = group.name, labels = group.labels } = parseBody(updateInput, body);
  project.placementGroups.requireFreeName(name, group);
  group.name = name;
  group.labels = labels;
  return ok({ placement_group: placementGroupJson(project, group) });
}

/** Assumed: its servers aren't in it any more. */
function remove({ project, params }: Call): Reply {
  const group = project.placementGroups.get(params.id);
  for (const server of project.servers.list()) {
    if (server.placementGroupId === group.id) {
      server.placementGroupId = undefined;
    }
  }
  project.placementGroups.remove(group.id);
  return noContent;
}

/** Documented: both codes. Assumed: the order of the checks. */
function addServer({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const group = project.placementGroups.get(parseBody(addInput, body).placement_group);
  requireUnlocked(project, server);
  if (server.placementGroupId !== undefined) {
    throw unprocessable("already_in_placement_group", "The server is already part of a placement group");
  }
  requireStopped(server);
  server.placementGroupId = group.id;
  const action = project.actions.done("add_to_placement_group", { id: server.id, type: "server" });
  return created({ action: actionJson(action, project.now()) });
}

/** Assumed: the code for a server that is in none. */
function removeServer({ project, params }: Call): Reply {
  const server = project.servers.get(params.id);
  requireUnlocked(project, server);
  if (server.placementGroupId === undefined) {
    throw invalidInput({ name: "id", messages: ["the server is in no placement group"] });
  }
  server.placementGroupId = undefined;
  const action = project.actions.done("remove_from_placement_group", { id: server.id, type: "server" });
  return created({ action: actionJson(action, project.now()) });
}
