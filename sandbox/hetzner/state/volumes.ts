import { timestamp } from "../timestamp.ts";
import type { Action, ActionResource } from "./actions.ts";
import type { Project } from "./project.ts";
import type { Server, Volume } from "./resources.ts";
import { runLocked } from "./servers.ts";

/** A volume as a resource of an action. */
export function volumeResource(volume: Volume): ActionResource {
  return { id: volume.id, type: "volume" };
}

/** Begins an action of a volume and a server. */
export function beginWithServer(project: Project, command: string, volume: Volume, server: Server): Action {
  return project.actions.begin(command, volumeResource(volume), { id: server.id, type: "server" });
}

/** Attaches a volume. Meanwhile the server is locked. */
export async function attach(
  project: Project,
  volume: Volume,
  server: Server,
  action: Action,
): Promise<void> {
  await runLocked(project, server, action, {}, async () => {
    await project.shared.dataCentre.attachVolume(volume.id, server.id);
    volume.serverId = server.id;
  });
}

/** Detaches a volume from its server, mounted or not. Meanwhile the server is locked. */
export async function detach(
  project: Project,
  volume: Volume,
  server: Server,
  action: Action,
): Promise<void> {
  await runLocked(project, server, action, {}, async () => {
    await project.shared.dataCentre.detachVolume(volume.id);
    volume.serverId = undefined;
  });
}

/** A volume as the API shows it. */
export function volumeJson(volume: Volume): object {
  return {
    id: volume.id,
    name: volume.name,
    labels: volume.labels,
    created: timestamp(volume.created),
    status: volume.status,
    size: volume.size,
    format: volume.format ?? null,
    location: volume.location,
    server: volume.serverId ?? null,
    linux_device: `/dev/disk/by-id/scsi-0HC_Volume_${volume.id}`,
    protection: { delete: volume.isProtected },
  };
}
