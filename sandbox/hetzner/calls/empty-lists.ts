import { type Call, type Reply, type Route } from "../call.ts";
import { notFound } from "../errors.ts";
import { listReply } from "../list.ts";

/**
 * Kinds of resources that can't be made here: a project has none of them. Programs may list them, because official clients
 * do that to find everything in a project. Everything else about them isn't emulated.
 */
const kinds = {
  certificate: "/certificates",
  floating_ip: "/floating_ips",
  iso: "/isos",
  load_balancer: "/load_balancers",
  load_balancer_type: "/load_balancer_types",
  // Only at api.hetzner.com, in reality.
  storage_box: "/storage_boxes",
  zone: "/zones",
};

export const emptyListRoutes: Route[] = Object.entries(kinds).flatMap(([kind, path]): Route[] => [
  ["GET", path, (call) => listNothing(call, path)],
  [
    "GET",
    `${path}/:id`,
    ({ params }) => {
      throw notFound(kind, params.id);
    },
  ],
]);

function listNothing(call: Call, path: string): Reply {
  const byId = (item: { id: number }) => item.id;
  return listReply<{ id: number }>(call, [], {
    key: path.slice(1),
    toJson: (item) => item,
    sortKeys: { id: byId, name: byId, created: byId },
  });
}
