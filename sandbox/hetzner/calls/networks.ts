import * as z from "zod";
import { type Call, created, noContent, ok, type Reply, type Route } from "../call.ts";
import { protectedError } from "../errors.ts";
import { parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { listReply } from "../list.ts";
import { networkJson, serversIn } from "../state/networks.ts";
import type { Network } from "../state/resources.ts";
import { addRoute, addSubnet, networkRangeInput, routeInput, subnetInput } from "./network-input.ts";

/** Networks for clients that list and keep them. The sandbox's machines have no interfaces in them. */
export const networkRoutes: Route[] = [
  ["GET", "/networks", list],
  ["POST", "/networks", create],
  ["GET", "/networks/:id", get],
  ["PUT", "/networks/:id", update],
  ["DELETE", "/networks/:id", remove],
];

const createInput = z.object({
  name: z.string().min(1),
  ip_range: networkRangeInput,
  labels: labelsInput.default({}),
  subnets: z.array(subnetInput).default([]),
  routes: z.array(routeInput).default([]),
  expose_routes_to_vswitch: z.boolean().default(false),
});
const updateInput = z.object({
  name: z.string().min(1).optional(),
  labels: labelsInput.optional(),
  expose_routes_to_vswitch: z.boolean().optional(),
});

function list(call: Call): Reply {
  return listReply(call, call.project.networks.list(), {
    key: "networks",
    toJson: (network) => networkJson(call.project, network),
    sortKeys: {
      id: (network) => network.id,
      name: (network) => network.name,
      created: (network) => network.created.getTime(),
    },
    filters: { name: (network) => network.name },
    labels: (network) => network.labels,
  });
}

function create({ project, body }: Call): Reply {
  const input = parseBody(createInput, body);
  project.networks.requireFreeName(input.name);
  const network: Network = {
    id: project.shared.ids.next("network"),
    name: input.name,
    labels: input.labels,
    created: project.now(),
    ipRange: input.ip_range,
    subnets: [],
    routes: [],
    exposesRoutes: input.expose_routes_to_vswitch,
    isProtected: false,
  };
  for (const subnet of input.subnets) {
    addSubnet(network, subnet);
  }
  for (const route of input.routes) {
    addRoute(network, route);
  }
  project.networks.add(network);
  return created({ network: networkJson(project, network) });
}

function get({ project, params }: Call): Reply {
  return ok({ network: networkJson(project, project.networks.get(params.id)) });
}

function update({ project, params, body }: Call): Reply {
  const network = project.networks.get(params.id);
  project.actions.requireNone({ id: network.id, type: "network" });
  const input = parseBody(updateInput, body);
  project.networks.requireFreeName(input.name ?? network.name, network);
  network.name = input.name ?? network.name;
  network.labels = input.labels ?? network.labels;
  network.exposesRoutes = input.expose_routes_to_vswitch ?? network.exposesRoutes;
  return ok({ network: networkJson(project, network) });
}

/** Documented: its servers are detached from it. */
function remove({ project, params }: Call): Reply {
  const network = project.networks.get(params.id);
  if (network.isProtected) {
    throw protectedError("network");
  }
  for (const server of serversIn(project, network)) {
    server.privateNets.delete(network.id);
  }
  project.networks.remove(network.id);
  return noContent;
}
