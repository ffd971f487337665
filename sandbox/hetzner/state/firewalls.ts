import { parseLabelSelector } from "../label-selector.ts";
import { timestamp } from "../timestamp.ts";
import type { Project } from "./project.ts";
import type { Firewall } from "./resources.ts";

/** A firewall as the API shows it. */
export function firewallJson(project: Project, firewall: Firewall): object {
  return {
    id: firewall.id,
    name: firewall.name,
    labels: firewall.labels,
    created: timestamp(firewall.created),
    rules: firewall.rules,
    applied_to: [
      ...[...firewall.servers.keys()].map((id) => ({ type: "server", server: { id } })),
      ...firewall.selectors.map((selector) => ({
        type: "label_selector",
        label_selector: { selector },
        applied_to_resources: project.servers
          .list()
          .filter((server) => parseLabelSelector(selector)(server.labels))
          .map((server) => ({ type: "server", server: { id: server.id } })),
      })),
    ],
  };
}
