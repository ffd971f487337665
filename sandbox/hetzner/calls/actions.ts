import { type Call, ok, type Reply, type Route } from "../call.ts";
import { deprecatedApiEndpoint, notFound } from "../errors.ts";
import { all, listReply } from "../list.ts";
import { sortItems, type SortKeys } from "../sorting.ts";
import { type Action, actionJson, type ActionResource } from "../state/actions.ts";

export const actionRoutes: Route[] = [
  ["GET", "/actions", listSome],
  ["GET", "/actions/:id", get],
  ...routesOf("/servers", "server"),
  ...routesOf("/primary_ips", "primary_ip"),
  ...routesOf("/firewalls", "firewall"),
  ...routesOf("/volumes", "volume"),
  ...routesOf("/images", "image"),
  ...routesOf("/networks", "network"),
];

const sortKeys: SortKeys<Action> = {
  id: (action) => action.id,
  command: (action) => action.command,
  status: (action) => action.status,
  started: (action) => action.started.getTime(),
  finished: (action) => action.finished?.getTime() ?? Infinity,
};

/** The four lists that each kind of resource has of its actions. */
function routesOf(path: string, type: ActionResource["type"]): Route[] {
  const ofType = (call: Call) =>
    call.project.actions.list().filter((action) => action.resources.some((one) => one.type === type));
  const ofResource = (call: Call) =>
    ofType(call).filter((action) =>
      action.resources.some((one) => one.type === type && String(one.id) === call.params.id),
    );
  return [
    ["GET", `${path}/actions`, (call) => listThese(call, ofType(call), path)],
    ["GET", `${path}/actions/:action_id`, (call) => getFrom(call, ofType(call))],
    ["GET", `${path}/:id/actions`, (call) => listThese(call, requireAny(call, type, ofResource(call)), path)],
    ["GET", `${path}/:id/actions/:action_id`, (call) => getFrom(call, ofResource(call))],
  ];
}

/** A deleted resource still has its actions. A resource that never existed has none. */
function requireAny(call: Call, type: ActionResource["type"], actions: Action[]): Action[] {
  const stores = {
    server: call.project.servers,
    primary_ip: call.project.primaryIps,
    firewall: call.project.firewalls,
    volume: call.project.volumes,
    image: call.project.snapshots,
    network: call.project.networks,
  };
  if (actions.length === 0) {
    stores[type].get(call.params.id);
  }
  return actions;
}

function listThese(call: Call, actions: Action[], path: string): Reply {
  const now = call.project.now();
  return listReply(call, actions, {
    key: "actions",
    path: `${path.slice(1)}${call.params.id === "" ? "" : `/${call.params.id}`}/actions`,
    toJson: (action) => actionJson(action, now),
    sortKeys,
    filters: { status: (action) => action.status, id: (action) => String(action.id) },
  });
}

function getFrom({ project, params }: Call, actions: Action[]): Reply {
  const id = params.action_id;
  const action = actions.find((one) => String(one.id) === id);
  if (!action) {
    throw notFound("action", id);
  }
  return ok({ action: actionJson(action, project.now()) });
}

/** Lists the named actions only: listing all of a project's actions was removed on 2025-01-30. */
function listSome({ project, query }: Call): Reply {
  const ids = all(query.id);
  if (ids.length === 0) {
    throw deprecatedApiEndpoint(
      "https://docs.hetzner.cloud/changelog#2025-01-30-listing-arbitrary-actions-in-the-actions-list-endpoint-is-removed",
    );
  }
  const actions = ids.flatMap((id) => project.actions.find(Number(id)) ?? []);
  // No longer documented, but the Go client sends it.
  const sorted = sortItems(actions, all(query.sort), sortKeys);
  return ok({ actions: sorted.map((action) => actionJson(action, project.now())) });
}

function get({ project, params }: Call): Reply {
  const id = params.id;
  const action = project.actions.find(Number(id));
  if (!action) {
    throw notFound("action", id);
  }
  return ok({ action: actionJson(action, project.now()) });
}
