import { type Call, ok, type Reply, type Route } from "../call.ts";
import { imageJson, images } from "../catalogue/images.ts";
import { locations } from "../catalogue/locations.ts";
import { pricingJson } from "../catalogue/pricing.ts";
import { serverTypeJson, serverTypes } from "../catalogue/server-types.ts";
import { deprecatedApiEndpoint, notFound } from "../errors.ts";
import { listReply } from "../list.ts";

export const catalogueRoutes: Route[] = [
  ["GET", "/server_types", listServerTypes],
  ["GET", "/server_types/:id", getServerType],
  ["GET", "/images", listImages],
  ["GET", "/images/:id", getImage],
  ["GET", "/locations", listLocations],
  ["GET", "/locations/:id", getLocation],
  ["GET", "/pricing", () => ok({ pricing: pricingJson() })],
  ["GET", "/datacenters", datacentersAreGone],
  ["GET", "/datacenters/:id", datacentersAreGone],
];

function listServerTypes(call: Call): Reply {
  return listReply(call, serverTypes, {
    key: "server_types",
    toJson: (type) => serverTypeJson(type, call.project.shared.soldOut),
    sortKeys: { id: (type) => type.id, name: (type) => type.name },
    filters: { name: (type) => type.name },
  });
}

function getServerType({ project, params }: Call): Reply {
  const type = withId(serverTypes, "server_type", params);
  return ok({ server_type: serverTypeJson(type, project.shared.soldOut) });
}

/** All images are system images, available and not deprecated: other filters find nothing. */
function listImages(call: Call): Reply {
  return listReply(call, images, {
    key: "images",
    toJson: imageJson,
    sortKeys: { id: (image) => image.id, name: (image) => image.name, created: (image) => image.id },
    filters: {
      name: (image) => image.name,
      architecture: (image) => image.architecture,
      type: () => "system",
      status: () => "available",
      bound_to: () => "",
    },
    labels: () => ({}),
  });
}

function getImage({ params }: Call): Reply {
  return ok({ image: imageJson(withId(images, "image", params)) });
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
