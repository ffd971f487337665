import * as z from "zod";
import { type Call, created, noContent, ok, type Reply, type Route } from "../call.ts";
import { type Image, images } from "../catalogue/images.ts";
import { deprecationOfImage, isOffered } from "../catalogue/offers.ts";
import { invalidInput, protectedError } from "../errors.ts";
import { findByIdOrName, parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { all, listReply } from "../list.ts";
import { actionJson } from "../state/actions.ts";
import { anyImageJson, boundTo, deleteImage, isSnapshot } from "../state/images.ts";
import type { Project } from "../state/project.ts";
import type { Snapshot } from "../state/resources.ts";

/** System images, and those that a project makes of its servers (server-images.ts). */
export const imageRoutes: Route[] = [
  ["GET", "/images", list],
  ["GET", "/images/:id", get],
  ["PUT", "/images/:id", update],
  ["DELETE", "/images/:id", remove],
  ["POST", "/images/:id/actions/change_protection", changeProtection],
];

const updateInput = z.object({
  description: z.string().min(1).optional(),
  type: z.literal("snapshot").optional(),
  labels: labelsInput.optional(),
});
const protectionInput = z.object({ delete: z.boolean().optional() });

function list(call: Call): Reply {
  const market = call.project.market();
  return listReply<Image | Snapshot>(call, [...systemImages(call), ...call.project.snapshots.list()], {
    key: "images",
    toJson: (image) => anyImageJson(image, market),
    sortKeys: {
      id: (image) => image.id,
      name: (image) => (isSnapshot(image) ? "" : image.name),
      created: (image) => image.id,
    },
    filters: {
      name: (image) => (isSnapshot(image) ? "" : image.name),
      architecture: (image) => (isSnapshot(image) ? image.system : image).architecture,
      type: (image) => (isSnapshot(image) ? image.type : "system"),
      status: (image) => (isSnapshot(image) ? image.status : "available"),
      bound_to: (image) => (isSnapshot(image) ? String(boundTo(image) ?? "") : ""),
    },
    labels: (image) => (isSnapshot(image) ? image.labels : {}),
  });
}

/** Documented: without `include_deprecated`, images that were announced to end aren't listed. */
function systemImages({ project, query }: Call): Image[] {
  const market = project.market();
  const includesDeprecated = all(query.include_deprecated).includes("true");
  return images.filter(
    (image) => isOffered(image, market) && (includesDeprecated || deprecationOfImage(image, market) === null),
  );
}

/** Assumed: a system image that isn't listed any more is still found by its id, because servers have it. */
function get({ project, params }: Call): Reply {
  const system = images.find(({ id }) => String(id) === params.id);
  return ok({ image: anyImageJson(system ?? project.snapshots.get(params.id), project.market()) });
}

// Assumed: a system image isn't found by the following calls, because it belongs to no project.

/** Documented: a backup can become a snapshot. Then it doesn't belong to its server any more. */
function update({ project, params, body }: Call): Reply {
  const image = project.snapshots.get(params.id);
  const { description, type, labels } = parseBody(updateInput, body);
  image.name = description ?? image.name;
  image.type = type ?? image.type;
  image.labels = labels ?? image.labels;
  return ok({ image: anyImageJson(image, project.market()) });
}

function remove({ project, params }: Call): Reply {
  const image = project.snapshots.get(params.id);
  if (image.isProtected) {
    throw protectedError("image");
  }
  project.actions.requireUnlocked({ id: image.id, type: "image" });
  deleteImage(project, image);
  return noContent;
}

/** Documented: only snapshots can be protected. Assumed: the code. */
function changeProtection({ project, params, body }: Call): Reply {
  const image = project.snapshots.get(params.id);
  const input = parseBody(protectionInput, body);
  if (image.type !== "snapshot") {
    throw invalidInput({ name: "id", messages: ["is not a snapshot"] });
  }
  image.isProtected = input.delete ?? image.isProtected;
  const action = project.actions.done("change_protection", { id: image.id, type: "image" });
  return created({ action: actionJson(action, project.now()) });
}

/**
 * Finds the image that a server can be made from. Two system images have the same name, one for each architecture. The
 * server type decides.
 */
export function findImage(
  project: Project,
  wanted: string | number,
  server: { architecture: Image["architecture"]; diskSize: number },
): Image | Snapshot {
  const { architecture, diskSize } = server;
  const snapshot = project.snapshots.list().find(({ id }) => String(id) === String(wanted));
  if (snapshot !== undefined) {
    return requireUsable(snapshot, architecture, diskSize);
  }
  // Documented: an image can't be used after its end.
  const offered = images.filter((image) => isOffered(image, project.market()));
  const fitting = offered.filter((image) => image.architecture === architecture);
  const image = findByIdOrName(fitting, wanted);
  if (image) {
    return image;
  }
  const isOther = findByIdOrName(offered, wanted) !== undefined;
  throw invalidInput({ name: "image", messages: [isOther ? `is not for ${architecture}` : "is unknown"] });
}

/** Assumed: the code, and the order of the checks. */
function requireUsable(snapshot: Snapshot, architecture: string, diskSize: number): Snapshot {
  const problem =
    snapshot.status !== "available"
      ? "is not available"
      : snapshot.system.architecture !== architecture
        ? `is not for ${architecture}`
        : snapshot.diskSize > diskSize
          ? "is larger than the server's disk"
          : undefined;
  if (problem !== undefined) {
    throw invalidInput({ name: "image", messages: [problem] });
  }
  return snapshot;
}
