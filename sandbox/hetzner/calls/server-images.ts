import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Call, created, type Reply, type Route } from "../call.ts";
import { invalidInput, protectedError } from "../errors.ts";
import { idOrName, parseBody } from "../input.ts";
import { labelsInput } from "../labels.ts";
import { actionJson } from "../state/actions.ts";
import { anyImageJson, contentOf, deleteBackups, isSnapshot } from "../state/images.ts";
import type { Snapshot } from "../state/resources.ts";
import { requireUnlocked, runLocked } from "../state/servers.ts";
import { timestamp } from "../timestamp.ts";
import { findImage } from "./images.ts";
import { userDataInput } from "./server-order.ts";

/** The actions of a server that make images of its disk, or put another system in its place. */
export const serverImageRoutes: Route[] = [
  ["POST", "/servers/:id/actions/rebuild", rebuild],
  ["POST", "/servers/:id/actions/create_image", createImage],
  ["POST", "/servers/:id/actions/enable_backup", enableBackup],
  ["POST", "/servers/:id/actions/disable_backup", disableBackup],
  ["POST", "/servers/:id/actions/enable_rescue", enableRescue],
  ["POST", "/servers/:id/actions/disable_rescue", disableRescue],
];

const rebuildInput = z.object({ image: idOrName, user_data: userDataInput.optional() });
const imageInput = z.object({
  type: z.enum(["snapshot", "backup"]).default("snapshot"),
  description: z.string().optional(),
  labels: labelsInput.default({}),
});
const rescueInput = z.object({
  // hcloud-python sends null for the default.
  type: z.literal("linux64").nullish(),
  ssh_keys: z.array(z.int().positive()).default([]),
});

function rebuild({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const input = parseBody(rebuildInput, body);
  if (server.isProtected) {
    throw protectedError("server");
  }
  requireUnlocked(project, server);
  const { type, diskSize } = server;
  const image = findImage(project, input.image, { architecture: type.architecture, diskSize });
  const action = project.actions.begin("rebuild_server", { id: server.id, type: "server" });
  const change = { during: "rebuilding", after: "running" } as const;
  void runLocked(project, server, action, change, async () => {
    // Before the machine starts, because it may read them at once.
    server.userData = input.user_data ?? server.userData;
    await project.shared.dataCentre.rebuild(server.id, contentOf(image), input.user_data);
    server.image = image;
  });
  return created({
    action: actionJson(action, project.now()),
    root_password: server.sshKeys.length > 0 ? null : randomBytes(15).toString("base64url"),
  });
}

/** Documented: a backup needs the server's backups to be enabled. Assumed: the code, and that the server is locked. */
function createImage({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const { type, description, labels } = parseBody(imageInput, body);
  if (type === "backup" && server.backupWindow === undefined) {
    throw invalidInput({ name: "type", messages: ["backups are not enabled for the server"] });
  }
  requireUnlocked(project, server);
  const image: Snapshot = {
    id: project.shared.ids.next("image"),
    // Assumed: the text that is generated.
    name: description ?? `${server.name} ${timestamp(project.now())}`,
    labels,
    created: project.now(),
    type,
    status: "creating",
    createdFrom: { id: server.id, name: server.name },
    system: isSnapshot(server.image) ? server.image.system : server.image,
    diskSize: server.diskSize,
    isProtected: false,
  };
  project.snapshots.add(image);
  const action = project.actions.begin(
    "create_image",
    { id: server.id, type: "server" },
    { id: image.id, type: "image" },
  );
  void runLocked(project, server, action, {}, async () => {
    await project.shared.dataCentre.createImage(image.id, server.id);
    image.status = "available";
  }).then(() => {
    // Assumed, if it failed before the image was there.
    image.status = image.status === "creating" ? "unavailable" : image.status;
  });
  const now = project.now();
  return created({ image: anyImageJson(image, project.market()), action: actionJson(action, now) });
}

/** The sandbox makes no backups by itself. A test makes one by create_image. */
function enableBackup({ project, params }: Call): Reply {
  const server = project.servers.get(params.id);
  requireUnlocked(project, server);
  // One of Hetzner's four-hour windows.
  server.backupWindow ??= "22-02";
  const action = project.actions.done("enable_backup", { id: server.id, type: "server" });
  return created({ action: actionJson(action, project.now()) });
}

function disableBackup({ project, params }: Call): Reply {
  const server = project.servers.get(params.id);
  requireUnlocked(project, server);
  server.backupWindow = undefined;
  deleteBackups(project, server);
  const action = project.actions.done("disable_backup", { id: server.id, type: "server" });
  return created({ action: actionJson(action, project.now()) });
}

/**
 * Documented: the server's next boot, and only that one, is the one of the rescue system. Not emulated: that this ends after
 * an hour, and logging in by the password.
 */
function enableRescue({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const input = parseBody(rescueInput, body);
  const keys = input.ssh_keys.map((id) => project.sshKeys.get(id).publicKey);
  requireUnlocked(project, server);
  const action = project.actions.begin("enable_rescue", { id: server.id, type: "server" });
  void runLocked(project, server, action, {}, async () => {
    await project.shared.dataCentre.enableRescue(server.id, keys);
    server.isRescueEnabled = true;
  });
  return created({
    action: actionJson(action, project.now()),
    root_password: randomBytes(15).toString("base64url"),
  });
}

function disableRescue({ project, params }: Call): Reply {
  const server = project.servers.get(params.id);
  requireUnlocked(project, server);
  const action = project.actions.begin("disable_rescue", { id: server.id, type: "server" });
  void runLocked(project, server, action, {}, async () => {
    await project.shared.dataCentre.disableRescue(server.id);
    server.isRescueEnabled = false;
  });
  return created({ action: actionJson(action, project.now()) });
}
