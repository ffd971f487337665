import * as z from "zod";
import { type Call, created, type Reply, type Route } from "../call.ts";
import { locationsOf, type Market, offeredTypes, requireAvailable } from "../catalogue/offers.ts";
import type { ServerType } from "../catalogue/server-types.ts";
import { invalidInput, unprocessable } from "../errors.ts";
import { findByIdOrName, idOrName, parseBody } from "../input.ts";
import { actionJson } from "../state/actions.ts";
import type { Server } from "../state/resources.ts";
import { requireStopped, requireUnlocked, runLocked } from "../state/servers.ts";
import { contains, setDnsPtr } from "./primary-ip-actions.ts";

/**
 * The actions that change a server. Those that switch it on and off are in server-power.ts, those about images of its disk
 * in server-images.ts.
 */
export const serverActionRoutes: Route[] = [
  ["POST", "/servers/:id/actions/change_type", changeType],
  ["POST", "/servers/:id/actions/change_protection", changeProtection],
  ["POST", "/servers/:id/actions/change_dns_ptr", changeDnsPtr],
];

const changeTypeInput = z.object({ server_type: idOrName, upgrade_disk: z.boolean() });
const protectionInput = z.object({ delete: z.boolean().optional(), rebuild: z.boolean().optional() });
const dnsPtrInput = z.object({ ip: z.string(), dns_ptr: z.string().nullish() });

/** Documented: the server must be off, and is started afterwards. Assumed: the order of the checks. */
function changeType({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const input = parseBody(changeTypeInput, body);
  const market = project.market();
  const type = findByIdOrName(offeredTypes(market), input.server_type);
  if (!type) {
    throw invalidInput({ name: "server_type", messages: ["is unknown"] });
  }
  requireUnlocked(project, server);
  requireStopped(server);
  requireFitting(type, server, market);
  requireAvailable(type, server.location.name, market);

  const action = project.actions.begin("change_server_type", { id: server.id, type: "server" });
  const after = project.shared.conditions.afterChangeType;
  void runLocked(project, server, action, { during: "migrating", after }, async () => {
    // Machines have no size. They are only started again.
    if (after === "running") {
      await project.shared.dataCentre.powerOn(server.id);
    }
    server.type = type;
    if (input.upgrade_disk) {
      server.diskSize = type.disk;
    }
  });
  return created({ action: actionJson(action, project.now()) });
}

/**
 * Documented: the code, for a type that is deprecated or doesn't fit, and that disks can't shrink. Assumed: that a type
 * is deprecated in this sense once its end at the location is in the past; and that the server's own type, another
 * architecture and a type that isn't sold at the location get this code.
 *
 * @throws ApiError `invalid_server_type`
 */
function requireFitting(type: ServerType, server: Server, market: Market): void {
  const fits =
    type !== server.type &&
    type.architecture === server.type.architecture &&
    type.disk >= server.diskSize &&
    locationsOf(type, market).includes(server.location.name);
  if (!fits) {
    throw unprocessable(
      "invalid_server_type",
      "The server type does not fit for the given server or is deprecated",
    );
  }
}

function changeProtection({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const input = parseBody(protectionInput, body);
  const isProtected = input.delete ?? server.isProtected;
  if (isProtected !== (input.rebuild ?? server.isProtected)) {
    // Documented as a condition. Assumed: the code.
    throw invalidInput({ name: "delete", messages: ["must have the same value as rebuild"] });
  }
  server.isProtected = isProtected;
  const action = project.actions.done("change_protection", { id: server.id, type: "server" });
  return created({ action: actionJson(action, project.now()) });
}

function changeDnsPtr({ project, params, body }: Call): Reply {
  const server = project.servers.get(params.id);
  const input = parseBody(dnsPtrInput, body);
  const ip = project.primaryIps.list().find((one) => one.assigneeId === server.id && contains(one, input.ip));
  if (!ip) {
    throw invalidInput({ name: "ip", messages: ["isn't an address of the server"] });
  }
  setDnsPtr(ip, input);
  const action = project.actions.done("change_dns_ptr", { id: server.id, type: "server" });
  return created({ action: actionJson(action, project.now()) });
}
