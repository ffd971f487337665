import { timestamp } from "../timestamp.ts";
import type { Project } from "./project.ts";
import type { PlacementGroup } from "./resources.ts";

/** A placement group as the API shows it. */
export function placementGroupJson(project: Project, group: PlacementGroup): object {
  return {
    id: group.id,
    name: group.name,
    labels: group.labels,
    created: timestamp(group.created),
    type: group.type,
    servers: project.servers
      .list()
      .filter((server) => server.placementGroupId === group.id)
      .map(({ id }) => id),
  };
}
