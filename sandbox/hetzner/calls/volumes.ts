import * as z from "zod";
import { type Call, created, noContent, ok, type Reply, type Route } from "../call.ts";
import { type Location, locations } from "../catalogue/locations.ts";
import { invalidInput, locked, protectedError, unprocessable } from "../errors.ts";
import { findByIdOrName, idOrName, parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { listReply } from "../list.ts";
import { type Action, actionJson } from "../state/actions.ts";
import type { Project } from "../state/project.ts";
import type { Server, Volume } from "../state/resources.ts";
import { isLocked, requireUnlocked } from "../state/servers.ts";
import { attach, beginWithServer, volumeJson, volumeResource } from "../state/volumes.ts";
import { volumeSize } from "./volume-actions.ts";

export const volumeRoutes: Route[] = [
  ["GET", "/volumes", list],
  ["POST", "/volumes", create],
  ["GET", "/volumes/:id", get],
  ["PUT", "/volumes/:id", update],
  ["DELETE", "/volumes/:id", remove],
];

/** Documented: letters, digits, dashes, underscores and dots; the first and the last one is a letter or a digit. */
const volumeName = z
  .string()
  .regex(/^(?=.{1,64}$)[a-z0-9]([a-z0-9._-]*[a-z0-9])?$/i, { error: "is not a valid name" });

const createInput = z.object({
  name: volumeName,
  size: volumeSize,
  labels: labelsInput.default({}),
  location: idOrName.optional(),
  server: z.int().positive().optional(),
  format: z.enum(["ext4", "xfs"]).optional(),
  automount: z.boolean().optional(),
});

const updateInput = z.object({ name: volumeName.optional(), labels: labelsInput.optional() });

function list(call: Call): Reply {
  return listReply(call, call.project.volumes.list(), {
    key: "volumes",
    toJson: volumeJson,
    sortKeys: {
      id: (volume) => volume.id,
      name: (volume) => volume.name,
      created: (volume) => volume.created.getTime(),
    },
    filters: { name: (volume) => volume.name, status: (volume) => volume.status },
    labels: (volume) => volume.labels,
  });
}

function create({ project, body }: Call): Reply {
  const { name, size, labels, format, location, automount, server: serverId } = parseBody(createInput, body);
  project.volumes.requireFreeName(name);
  const server = serverId === undefined ? undefined : project.servers.get(serverId);
  if (automount === true && server === undefined) {
    throw invalidInput({ name: "automount", messages: ["needs a server"] });
  }
  if (server !== undefined) {
    requireUnlocked(project, server);
  }
  const volume: Volume = {
    id: project.shared.ids.next("volume"),
    name,
    labels,
    created: project.now(),
    status: "creating",
    size,
    format,
    location: server?.location ?? findLocation(location),
    isProtected: false,
    serverId: undefined,
  };
  project.volumes.add(volume);
  const action = project.actions.begin("create_volume", volumeResource(volume));
  const next = server && { server, action: beginWithServer(project, "attach_volume", volume, server) };
  void make(project, volume, action, next);
  const now = project.now();
  return created({
    volume: volumeJson(volume),
    action: actionJson(action, now),
    next_actions: next ? [actionJson(next.action, now)] : [],
  });
}

/** What happens after the reply. */
async function make(
  project: Project,
  volume: Volume,
  action: Action,
  next: { server: Server; action: Action } | undefined,
): Promise<void> {
  const { id, size, format } = volume;
  const isMade = await project.actions.perform(action, async () => {
    await project.shared.dataCentre.createVolume({ id, gigabytes: size, format });
    volume.status = "available";
  });
  if (next === undefined) {
    return;
  }
  if (!isMade) {
    project.actions.giveUp(next.action);
  } else if (isLocked(project, next.server)) {
    // Reported: hetznercloud/terraform-provider-hcloud issue 286. Nothing locks the server while the volume is made.
    project.actions.giveUp(next.action, locked());
  } else {
    await attach(project, volume, next.server, next.action);
  }
}

function findLocation(wanted: string | number | undefined): Location {
  if (wanted === undefined) {
    throw invalidInput({ name: "location", messages: ["is required without a server"] });
  }
  const location = findByIdOrName(locations, wanted);
  if (!location) {
    throw invalidInput({ name: "location", messages: ["is unknown"] });
  }
  return location;
}

function get({ project, params }: Call): Reply {
  return ok({ volume: volumeJson(project.volumes.get(params.id)) });
}

function update({ project, params, body }: Call): Reply {
  const volume = project.volumes.get(params.id);
  const { name = volume.name, labels = volume.labels } = parseBody(updateInput, body);
  project.volumes.requireFreeName(name, volume);
  volume.name = name;
  volume.labels = labels;
  return ok({ volume: volumeJson(volume) });
}

/** Assumed: the order of the checks. */
function remove({ project, params }: Call): Reply {
  const volume = project.volumes.get(params.id);
  if (volume.isProtected) {
    throw protectedError("volume");
  }
  if (volume.serverId !== undefined) {
    // Code and text are reported: hetznercloud/csi-driver issue 12.
    throw unprocessable("service_error", `volume with ID '${volume.id}' is still attached to a server`);
  }
  project.actions.requireUnlocked(volumeResource(volume));
  project.volumes.remove(volume.id);
  // One whose creation has failed has no data.
  if (volume.status === "available") {
    void project.shared.dataCentre.deleteVolume(volume.id).catch((error: unknown) => {
      project.shared.report(`volume ${volume.id} could not be deleted: ${String(error)}`);
    });
  }
  return noContent;
}
