import { type Call, ok, type Reply, type Route } from "../call.ts";
import { locations } from "../catalogue/locations.ts";
import { offeredTypes } from "../catalogue/offers.ts";
import { pricingJson } from "../catalogue/pricing.ts";
import { serverTypeJson } from "../catalogue/server-type-json.ts";
import { serverTypes } from "../catalogue/server-types.ts";
import { deprecatedApiEndpoint, notFound } from "../errors.ts";
import { listReply } from "../list.ts";

export const catalogueRoutes: Route[] = [
  ["GET", "/server_types", listServerTypes],
  ["GET", "/server_types/:id", getServerType],
  ["GET", "/locations", listLocations],
  ["GET", "/locations/:id", getLocation],
  ["GET", "/pricing", ({ project }) => ok({ pricing: pricingJson(project.market()) })],
  ["GET", "/datacenters", datacentersAreGone],
  ["GET", "/datacenters/:id", datacentersAreGone],
];

function listServerTypes(call: Call): Reply {
  const market = call.project.market();
  return listReply(call, offeredTypes(market), {
    key: "server_types",
    toJson: (type) => serverTypeJson(type, market),
    sortKeys: { id: (type) => type.id, name: (type) => type.name },
    filters: { name: (type) => type.name },
  });
}

/** Assumed: a type that isn't listed any more is still found by its id, because servers have it. */
function getServerType({ project, params }: Call): Reply {
  const type = withId(serverTypes, "server_type", params);
  return ok({ server_type: serverTypeJson(type, project.market()) });
}

function listLocations(call: Call): Reply {
  return listReply(call, locations, {
    key: "locations",
    toJson: (location) => location,
    sortKeys: { id: (location) => location.id, name: (location) => location.name },
    filters: { name: (location) => location.name },
  });
}

function getLocation({ params }: Call): Reply {
  return ok({ location: withId(locations, "location", params) });
}

/** Removed on 2026-10-01. Assumed: the announcement's address. */
function datacentersAreGone(): never {
  throw deprecatedApiEndpoint("https://docs.hetzner.cloud/changelog#2025-12-16-phasing-out-datacenters");
}

function withId<Item extends { id: number }>(
  items: readonly Item[],
  kind: string,
  params: Call["params"],
): Item {
  const id = params.id;
  const item = items.find((one) => String(one.id) === id);
  if (!item) {
    throw notFound(kind, id);
  }
  return item;
}
