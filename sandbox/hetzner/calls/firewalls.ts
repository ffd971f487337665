import * as z from "zod";
import { type Call, created, noContent, ok, type Reply, type Route } from "../call.ts";
import { unprocessable } from "../errors.ts";
import { acceptRules, rulesInput } from "../firewall-rules.ts";
import { parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { listReply } from "../list.ts";
import { actionJson } from "../state/actions.ts";
import { firewallJson } from "../state/firewalls.ts";
import type { Firewall } from "../state/resources.ts";
import { applyTo, checkTargets, targetsInput } from "./firewall-actions.ts";

export const firewallRoutes: Route[] = [
  ["GET", "/firewalls", list],
  ["POST", "/firewalls", create],
  ["GET", "/firewalls/:id", get],
  ["PUT", "/firewalls/:id", update],
  ["DELETE", "/firewalls/:id", remove],
];

/** The documented limit. */
const name = z.string().min(1).max(128);

const createInput = z.object({
  name,
  labels: labelsInput.default({}),
  rules: rulesInput.default([]),
  apply_to: targetsInput.default([]),
});

const updateInput = z.object({ name: name.optional(), labels: labelsInput.optional() });

function list(call: Call): Reply {
  return listReply(call, call.project.firewalls.list(), {
    key: "firewalls",
    toJson: (firewall) => firewallJson(call.project, firewall),
    sortKeys: {
      id: (firewall) => firewall.id,
      name: (firewall) => firewall.name,
      created: (firewall) => firewall.created.getTime(),
    },
    filters: { name: (firewall) => firewall.name },
    labels: (firewall) => firewall.labels,
  });
}

function create({ project, body }: Call): Reply {
  const input = parseBody(createInput, body);
  const rules = acceptRules(input.rules);
  project.firewalls.requireFreeName(input.name);
  const firewall: Firewall = {
    id: project.shared.ids.next("firewall"),
    name: input.name,
    labels: input.labels,
    created: project.now(),
    rules,
    servers: new Map(),
    selectors: [],
  };
  checkTargets(project, firewall, input.apply_to, 422);
  project.firewalls.add(firewall);
  // Assumed: the rules get their own action, as in set_rules.
  const actions = [
    project.actions.done("set_firewall_rules", { id: firewall.id, type: "firewall" }),
    ...applyTo(project, firewall, input.apply_to),
  ];
  const now = project.now();
  return created({
    firewall: firewallJson(project, firewall),
    actions: actions.map((action) => actionJson(action, now)),
  });
}

function get({ project, params }: Call): Reply {
  return ok({ firewall: firewallJson(project, project.firewalls.get(params.id)) });
}

function update({ project, params, body }: Call): Reply {
  const firewall = project.firewalls.get(params.id);
  project.actions.requireNone({ id: firewall.id, type: "firewall" });
  const { name: wanted = firewall.name, labels = firewall.labels } = parseBody(updateInput, body);
  project.firewalls.requireFreeName(wanted, firewall);
  firewall.name = wanted;
  firewall.labels = labels;
  return ok({ firewall: firewallJson(project, firewall) });
}

function remove({ project, params }: Call): Reply {
  const firewall = project.firewalls.get(params.id);
  // Assumed: a label selector counts as a resource even while no server matches it.
  if (firewall.servers.size > 0 || firewall.selectors.length > 0) {
    throw unprocessable("resource_in_use", "Firewall is still applied to a resource");
  }
  project.firewalls.remove(firewall.id);
  return noContent;
}
