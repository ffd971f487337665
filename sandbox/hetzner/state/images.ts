import { imageJson } from "../catalogue/image-json.ts";
import type { Image } from "../catalogue/images.ts";
import type { Market } from "../catalogue/offers.ts";
import type { MachineOrder } from "../data-centre.ts";
import { timestamp } from "../timestamp.ts";
import type { Project } from "./project.ts";
import type { Server, Snapshot } from "./resources.ts";

// System images are in the catalogue. Here are those that a project makes of its servers.

export function isSnapshot(image: Image | Snapshot): image is Snapshot {
  return "createdFrom" in image;
}

/** What the data centre calls an image. */
export function contentOf(image: Image | Snapshot): MachineOrder["image"] {
  return isSnapshot(image) ? image.id : image.name;
}

/** The server that a backup belongs to. */
export function boundTo({ type, createdFrom }: Snapshot): number | undefined {
  return type === "backup" ? createdFrom.id : undefined;
}

/** Deletes an image and its data. */
export function deleteImage(project: Project, image: Snapshot): void {
  project.snapshots.remove(image.id);
  // One whose creation has failed has no data.
  if (image.status === "available") {
    void project.shared.dataCentre.deleteImage(image.id).catch((error: unknown) => {
      project.shared.report(`image ${image.id} could not be deleted: ${String(error)}`);
    });
  }
}

/** Documented: a server's backups are deleted with it, and when its backups are switched off. */
export function deleteBackups(project: Project, server: Server): void {
  for (const image of project.snapshots.list().filter((one) => boundTo(one) === server.id)) {
    deleteImage(project, image);
  }
}

/** An image of either kind as the API shows it. */
export function anyImageJson(image: Image | Snapshot, market: Market): object {
  if (!isSnapshot(image)) {
    return imageJson(image, market);
  }
  return {
    id: image.id,
    type: image.type,
    status: image.status,
    name: null,
    description: image.name,
    // Assumed: one gigabyte, as the sandbox doesn't measure it.
    image_size: image.status === "available" ? 1 : null,
    disk_size: image.diskSize,
    created: timestamp(image.created),
    created_from: image.createdFrom,
    bound_to: boundTo(image) ?? null,
    os_flavor: image.system.os_flavor,
    os_version: image.system.os_version,
    rapid_deploy: false,
    protection: { delete: image.isProtected },
    deprecation: null,
    deleted: null,
    labels: image.labels,
    architecture: image.system.architecture,
  };
}
