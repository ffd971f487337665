import * as z from "zod";
import { type Call, created, type Reply, type Route } from "../call.ts";
import type { Location } from "../catalogue/locations.ts";
import { invalidInput, unprocessable } from "../errors.ts";
import { parseBody } from "../input.ts";
import { actionJson } from "../state/actions.ts";
import type { Volume } from "../state/resources.ts";
import { requireUnlocked } from "../state/servers.ts";
import { attach, beginWithServer, detach, volumeResource } from "../state/volumes.ts";

export const volumeActionRoutes: Route[] = [
  ["POST", "/volumes/:id/actions/attach", attachToServer],
  ["POST", "/volumes/:id/actions/detach", detachFromServer],
  ["POST", "/volumes/:id/actions/resize", resize],
  ["POST", "/volumes/:id/actions/change_protection", changeProtection],
];

/** In gigabytes, as documented. */
export const volumeSize = z.int().min(10).max(10_240);

// Mounting is done by Hetzner's own programs in its images, which the sandbox's machines don't have: `automount` does
// nothing.
const attachInput = z.object({ server: z.int().positive(), automount: z.boolean().optional() });
const resizeInput = z.object({ size: volumeSize });
const protectionInput = z.object({ delete: z.boolean().optional() });

function attachToServer({ project, params, body }: Call): Reply {
  const volume = project.volumes.get(params.id);
  const input = parseBody(attachInput, body);
  const server = project.servers.get(input.server);
  project.actions.requireUnlocked(volumeResource(volume));
  requireAttachable(volume, server.location);
  requireUnlocked(project, server);
  const action = beginWithServer(project, "attach_volume", volume, server);
  void attach(project, volume, server, action);
  return created({ action: actionJson(action, project.now()) });
}

/**
 * Documented: the location must be the server's. The first code is hcloud-go's for this case. Assumed: its status, and the
 * code for another location.
 *
 * @throws ApiError if the volume can't be attached to a server there
 */
export function requireAttachable(volume: Volume, location: Location): void {
  if (volume.serverId !== undefined) {
    throw unprocessable("volume_already_attached", "volume is already attached to a server");
  }
  if (volume.location.name !== location.name) {
    throw invalidInput({ name: "server", messages: ["must be in the same location as the volume"] });
  }
}

function detachFromServer({ project, params }: Call): Reply {
  const volume = project.volumes.get(params.id);
  if (volume.serverId === undefined) {
    // Assumed: the code that is reported for a deletion of an attached volume.
    throw unprocessable("service_error", `volume with ID '${volume.id}' is not attached to a server`);
  }
  const server = project.servers.get(volume.serverId);
  project.actions.requireUnlocked(volumeResource(volume));
  requireUnlocked(project, server);
  const action = beginWithServer(project, "detach_volume", volume, server);
  void detach(project, volume, server, action);
  return created({ action: actionJson(action, project.now()) });
}

/** Documented: it can't get smaller. Assumed: the code, and that the server isn't locked. */
function resize({ project, params, body }: Call): Reply {
  const volume = project.volumes.get(params.id);
  const { size } = parseBody(resizeInput, body);
  if (size <= volume.size) {
    throw invalidInput({ name: "size", messages: ["must be greater than the current size"] });
  }
  project.actions.requireUnlocked(volumeResource(volume));
  const action = project.actions.begin("resize_volume", volumeResource(volume));
  void project.actions.perform(action, async () => {
    await project.shared.dataCentre.resizeVolume(volume.id, size);
    volume.size = size;
  });
  return created({ action: actionJson(action, project.now()) });
}

function changeProtection({ project, params, body }: Call): Reply {
  const volume = project.volumes.get(params.id);
  volume.isProtected = parseBody(protectionInput, body).delete ?? volume.isProtected;
  const action = project.actions.done("change_protection", volumeResource(volume));
  return created({ action: actionJson(action, project.now()) });
}
