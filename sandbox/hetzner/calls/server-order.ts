import * as z from "zod";
import type { Image } from "../catalogue/images.ts";
import { type Location, locations } from "../catalogue/locations.ts";
import { locationsOf, type Market, offeredTypes, requireAvailable } from "../catalogue/offers.ts";
import type { ServerType } from "../catalogue/server-types.ts";
import { invalidInput, notFound, primaryIpVersionMismatch, unprocessable } from "../errors.ts";
import { findByIdOrName, idOrName } from "../input.ts";
import { labelsInput } from "../labels.ts";
import type { Project } from "../state/project.ts";
import type {
  Firewall,
  Network,
  PlacementGroup,
  PrimaryIp,
  Snapshot,
  SshKey,
  Volume,
} from "../state/resources.ts";
import { findImage } from "./images.ts";
import { requireSameLocation } from "./primary-ip-actions.ts";
import { requireAttachable } from "./volume-actions.ts";

/** RFC 1123, as documented: labels of letters, digits and dashes, with dots between. */
const hostname = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;
export const serverName = z.string().regex(hostname, { error: "is not a valid hostname" });

/** 32 KiB, as documented. Assumed: of UTF-8. */
const userDataLimit = 32 * 1024;
export const userDataInput = z
  .string()
  .refine((text) => Buffer.byteLength(text) <= userDataLimit, { error: "is too long" });

const ids = z.array(z.int().positive()).default([]);

export const createInput = z.object({
  name: serverName,
  server_type: idOrName,
  image: idOrName,
  location: idOrName.optional(),
  // Assumed: refused since it was removed on 2026-07-01.
  datacenter: z.never({ error: "was removed, use location" }).optional(),
  ssh_keys: z.array(idOrName).default([]),
  user_data: userDataInput.default(""),
  labels: labelsInput.default({}),
  start_after_create: z.boolean().default(true),
  firewalls: z.array(z.object({ firewall: z.int().positive() })).default([]),
  public_net: z
    .object({
      enable_ipv4: z.boolean().default(true),
      enable_ipv6: z.boolean().default(true),
      ipv4: z.int().positive().nullish(),
      ipv6: z.int().positive().nullish(),
    })
    .default({ enable_ipv4: true, enable_ipv6: true }),
  automount: z.boolean().optional(),
  volumes: ids,
  networks: ids,
  placement_group: z.int().positive().optional(),
});
export type CreateInput = z.output<typeof createInput>;

/** Everything that a server is made of. All of it exists and fits together. */
export interface Order {
  type: ServerType;
  image: Image | Snapshot;
  location: Location;
  sshKeys: SshKey[];
  firewalls: Firewall[];
  /** Addresses that the order names. Others are created with the server. */
  primaryIps: PrimaryIp[];
  /** Volumes that are attached to it from the start. */
  volumes: Volume[];
  networks: Network[];
  placementGroup: PlacementGroup | undefined;
}

/**
 * Finds everything that an order names.
 *
 * @throws ApiError for the first thing that doesn't fit. Assumed: the order of the checks
 */
export function resolveOrder(project: Project, input: CreateInput): Order {
  const market = project.market();
  const type = findByIdOrName(offeredTypes(market), input.server_type);
  if (!type) {
    throw invalidInput({ name: "server_type", messages: ["is unknown"] });
  }
  const image = findImage(project, input.image, { architecture: type.architecture, diskSize: type.disk });
  const sshKeys = input.ssh_keys.map((wanted) => {
    const key = findByIdOrName(project.sshKeys.list(), wanted);
    if (!key) {
      throw notFound("ssh_key", wanted);
    }
    return key;
  });
  const firewalls = input.firewalls.map(({ firewall }) => project.firewalls.get(firewall));
  const primaryIps = findPrimaryIps(project, input);
  const location = findLocation(input, type, primaryIps, market);
  for (const ip of primaryIps) {
    requireSameLocation(ip, location.name);
  }
  const volumes = input.volumes.map((id) => project.volumes.get(id));
  for (const volume of volumes) {
    requireAttachable(volume, location);
  }
  const networks = input.networks.map((id) => project.networks.get(id));
  const { placement_group: groupId } = input;
  const placementGroup = groupId === undefined ? undefined : project.placementGroups.get(groupId);
  const { account, conditions } = project.shared;
  account.requireRoom(conditions.limits, { servers: 1, primaryIps: newAddresses(input) });
  requireAvailable(type, location.name, market);
  return { type, image, location, sshKeys, firewalls, primaryIps, volumes, networks, placementGroup };
}

function findPrimaryIps(project: Project, input: CreateInput): PrimaryIp[] {
  const wanted = (["ipv4", "ipv6"] as const).map((type) => ({
    type,
    id: input.public_net[type],
    isEnabled: input.public_net[`enable_${type}`],
  }));
  return wanted.flatMap(({ type, id, isEnabled }) => {
    if (id === undefined || id === null) {
      return [];
    }
    if (!isEnabled) {
      throw invalidInput({ name: `public_net.${type}`, messages: [`needs enable_${type}`] });
    }
    const ip = project.primaryIps.get(id);
    if (ip.type !== type) {
      throw primaryIpVersionMismatch();
    }
    if (ip.assigneeId !== undefined) {
      throw unprocessable("primary_ip_assigned", "The specified Primary IP is already assigned to a server");
    }
    return [ip];
  });
}

/** How many addresses are made with the server, because the order names none. */
function newAddresses({ public_net: net }: CreateInput): number {
  const isNew = (["ipv4", "ipv6"] as const).map(
    (type) => net[`enable_${type}`] && (net[type] ?? null) === null,
  );
  return isNew.filter(Boolean).length;
}

/** Assumed: by default, the location of the order's address, or else the first location that has the type. */
function findLocation(
  input: CreateInput,
  type: ServerType,
  primaryIps: PrimaryIp[],
  market: Market,
): Location {
  const soldIn = locationsOf(type, market);
  const wanted = input.location ?? primaryIps[0]?.location.name ?? soldIn[0] ?? "";
  const location = findByIdOrName(locations, wanted);
  if (!location) {
    throw invalidInput({ name: "location", messages: ["is unknown"] });
  }
  if (!soldIn.includes(location.name)) {
    // The text is the one that people report from the real API (autobase-tech/autobase issue 1403). Assumed: also for a
    // location that the type has left.
    throw invalidInput({ name: "location", messages: ["unsupported location for server type"] });
  }
  return location;
}
