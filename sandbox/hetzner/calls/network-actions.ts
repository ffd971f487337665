import * as z from "zod";
import { type Call, created, type Reply, type Route } from "../call.ts";
import { invalidInput, unprocessable } from "../errors.ts";
import { parseBody } from "../input.ts";
import { contains, parseAddress } from "../private-ranges.ts";
import { actionJson } from "../state/actions.ts";
import { serversIn, storedRange } from "../state/networks.ts";
import type { Network } from "../state/resources.ts";
import {
  addRoute,
  addSubnet,
  networkRangeInput,
  rangeInput,
  routeInput,
  subnetInput,
} from "./network-input.ts";

export const networkActionRoutes: Route[] = [
  action("add_subnet", subnetInput, (_call, network, subnet) => {
    addSubnet(network, subnet);
  }),
  action("delete_subnet", z.object({ ip_range: rangeInput }), deleteSubnet),
  action("add_route", routeInput, (_call, network, route) => {
    addRoute(network, route);
  }),
  action("delete_route", routeInput, deleteRoute),
  action("change_ip_range", z.object({ ip_range: networkRangeInput }), changeRange),
  action("change_protection", z.object({ delete: z.boolean().optional() }), (_call, network, input) => {
    network.isProtected = input.delete ?? network.isProtected;
  }),
];

/** The action's command is the last part of its path. Documented: `conflict` during another change of the network. */
function action<Input>(
  command: string,
  input: z.ZodType<Input>,
  change: (call: Call, network: Network, input: Input) => void,
): Route {
  return [
    "POST",
    `/networks/:id/actions/${command}`,
    (call): Reply => {
      const { project } = call;
      const network = project.networks.get(call.params.id);
      project.actions.requireNone({ id: network.id, type: "network" });
      change(call, network, parseBody(input, call.body));
      const done = project.actions.done(command, { id: network.id, type: "network" });
      return created({ action: actionJson(done, project.now()) });
    },
  ];
}

/** Documented: not while a server has an address in it. Assumed: the code. */
function deleteSubnet({ project }: Call, network: Network, { ip_range: wanted }: { ip_range: string }): void {
  requireThere(network.subnets, ({ ipRange }) => ipRange === wanted, "ip_range");
  const range = storedRange(wanted);
  const isUsed = serversIn(project, network).some((server) => {
    const address = parseAddress(server.privateNets.get(network.id)?.ip ?? "") ?? 0;
    return contains(range, { first: address, last: address, prefix: 32 });
  });
  if (isUsed) {
    throw unprocessable("service_error", "cannot remove subnet because servers are attached to it");
  }
  network.subnets = network.subnets.filter(({ ipRange }) => ipRange !== wanted);
}

function deleteRoute(_call: Call, network: Network, wanted: z.output<typeof routeInput>): void {
  const isWanted = (route: z.output<typeof routeInput>) =>
    route.destination === wanted.destination && route.gateway === wanted.gateway;
  requireThere(network.routes, isWanted, "destination");
  network.routes = network.routes.filter((route) => !isWanted(route));
}

/** Documented: a range only grows, at its end. */
function changeRange(_call: Call, network: Network, { ip_range: wanted }: { ip_range: string }): void {
  const [before, after] = [storedRange(network.ipRange), storedRange(wanted)];
  if (after.first !== before.first || after.last < before.last) {
    throw invalidInput({ name: "ip_range", messages: ["can only be extended at its end"] });
  }
  network.ipRange = wanted;
}

/** Assumed: the code. */
function requireThere<Item>(items: readonly Item[], isWanted: (item: Item) => boolean, field: string): void {
  if (!items.some(isWanted)) {
    throw invalidInput({ name: field, messages: ["is not part of the network"] });
  }
}
