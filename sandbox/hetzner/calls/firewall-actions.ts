import * as z from "zod";
import { type Call, created, type Reply, type Route } from "../call.ts";
import { firewallResourceNotFound, unprocessable } from "../errors.ts";
import { acceptRules, rulesInput } from "../firewall-rules.ts";
import { parseBody } from "../input.ts";
import { parseLabelSelector } from "../label-selector.ts";
import { type Action, actionJson } from "../state/actions.ts";
import { applyFirewalls } from "../state/machines.ts";
import { type Project, selects } from "../state/project.ts";
import type { Firewall, Server } from "../state/resources.ts";

export const firewallActionRoutes: Route[] = [
  ["POST", "/firewalls/:id/actions/set_rules", setRules],
  ["POST", "/firewalls/:id/actions/apply_to_resources", applyToResources],
  ["POST", "/firewalls/:id/actions/remove_from_resources", removeFromResources],
];

/** Servers, and selectors of servers. */
export const targetsInput = z.array(
  z.discriminatedUnion("type", [
    z.object({ type: z.literal("server"), server: z.object({ id: z.int().positive() }) }),
    z.object({ type: z.literal("label_selector"), label_selector: z.object({ selector: z.string() }) }),
  ]),
);
type Targets = z.output<typeof targetsInput>;

const setRulesInput = z.object({ rules: rulesInput });
const applyInput = z.object({ apply_to: targetsInput.min(1) });
const removeInput = z.object({ remove_from: targetsInput.min(1) });

function setRules({ project, params, body }: Call): Reply {
  const firewall = project.firewalls.get(params.id);
  firewall.rules = acceptRules(parseBody(setRulesInput, body).rules);
  const servers = project.servers.list().filter((server) => appliesTo(firewall, server));
  return reply(project, [
    project.actions.done("set_firewall_rules", { id: firewall.id, type: "firewall" }),
    ...servers.map((server) => updateMachine(project, firewall, server, "apply_firewall")),
  ]);
}

function applyToResources({ project, params, body }: Call): Reply {
  const firewall = project.firewalls.get(params.id);
  const { apply_to: targets } = parseBody(applyInput, body);
  checkTargets(project, firewall, targets, 404);
  return reply(project, applyTo(project, firewall, targets));
}

/** @throws ApiError if the firewall can't be applied to one of the targets. Nothing has changed then */
export function checkTargets(
  project: Project,
  firewall: Firewall,
  targets: Targets,
  statusOfNotFound: 404 | 422,
): void {
  const seen = new Set<number | string>();
  for (const target of targets) {
    if (target.type === "label_selector") {
      parseLabelSelector(target.label_selector.selector, "label_selector.selector");
      requireNew(firewall.selectors.includes(target.label_selector.selector));
      continue;
    }
    const server = project.servers.find(target.server.id);
    if (!server) {
      throw firewallResourceNotFound(statusOfNotFound);
    }
    if (seen.has(server.id)) {
      throw unprocessable("server_already_added", "The Server was applied more than once");
    }
    seen.add(server.id);
    requireNew(firewall.servers.has(server.id));
    if (!project.primaryIpOf(server, "ipv4") && !project.primaryIpOf(server, "ipv6")) {
      throw unprocessable("private_net_only_server", "The Server has no public interface");
    }
  }
}

function requireNew(isThere: boolean): void {
  if (isThere) {
    throw unprocessable("firewall_already_applied", "Firewall is already applied to resource");
  }
}

/** Applies a firewall to checked targets: one action for each server. */
export function applyTo(project: Project, firewall: Firewall, targets: Targets): Action[] {
  const servers = new Set<Server>();
  for (const target of targets) {
    if (target.type === "server") {
      firewall.servers.set(target.server.id, "pending");
      servers.add(project.servers.get(target.server.id));
    } else {
      firewall.selectors.push(target.label_selector.selector);
      const matches = parseLabelSelector(target.label_selector.selector);
      for (const server of project.servers.list()) {
        if (matches(server.labels)) {
          servers.add(server);
        }
      }
    }
  }
  return [...servers].map((server) => updateMachine(project, firewall, server, "apply_firewall"));
}

function removeFromResources({ project, params, body }: Call): Reply {
  const firewall = project.firewalls.get(params.id);
  const { remove_from: targets } = parseBody(removeInput, body);
  for (const target of targets) {
    checkRemoval(project, firewall, target);
  }
  const before = project.servers.list().filter((server) => appliesTo(firewall, server));
  for (const target of targets) {
    if (target.type === "server") {
      firewall.servers.delete(target.server.id);
    } else {
      firewall.selectors = firewall.selectors.filter((one) => one !== target.label_selector.selector);
    }
  }
  const freed = before.filter((server) => !appliesTo(firewall, server));
  return reply(
    project,
    freed.map((server) => updateMachine(project, firewall, server, "remove_firewall")),
  );
}

function checkRemoval(project: Project, firewall: Firewall, target: Targets[number]): void {
  if (target.type === "label_selector") {
    if (!firewall.selectors.includes(target.label_selector.selector)) {
      throw firewallResourceNotFound(404);
    }
    return;
  }
  const server = project.servers.find(target.server.id);
  if (!server) {
    throw firewallResourceNotFound(404);
  }
  if (!firewall.servers.has(server.id) && selects(firewall, server)) {
    throw unprocessable("firewall_managed_by_label_selector", "Firewall is applied via a Label Selector");
  }
  // Since 2025-08-04, the code "firewall_already_removed" is not used (hetznercloud/hcloud-go pull request 748). Assumed:
  // the removal succeeds without an action.
}

function appliesTo(firewall: Firewall, server: Server): boolean {
  return firewall.servers.has(server.id) || selects(firewall, server);
}

/**
 * Changes the rules of the server's machine. Reported from the real API: this locks the server for other actions
 * (hetznercloud/packer-plugin-hcloud issue 205). Assumed: a lock of the server doesn't prevent it, because a server may
 * get its rules while it is created.
 */
function updateMachine(
  project: Project,
  firewall: Firewall,
  server: Server,
  command: "apply_firewall" | "remove_firewall",
): Action {
  const action = project.actions.begin(
    command,
    { id: server.id, type: "server" },
    { id: firewall.id, type: "firewall" },
  );
  server.otherLocks += 1;
  void project.actions
    .perform(action, async () => {
      await applyFirewalls(project, server);
      if (firewall.servers.has(server.id)) {
        firewall.servers.set(server.id, "applied");
      }
    })
    .then(() => {
      server.otherLocks -= 1;
    });
  return action;
}

function reply(project: Project, actions: Action[]): Reply {
  const now = project.now();
  return created({ actions: actions.map((action) => actionJson(action, now)) });
}
