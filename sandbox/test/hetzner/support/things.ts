import * as z from "zod";
import { type Emulator, publicKey } from "./emulator.ts";

// The resources that tests make, and the parts of the answers that they look at.

const action = z.object({
  id: z.number(),
  command: z.string(),
  status: z.string(),
  progress: z.number(),
  error: z.object({ code: z.string() }).nullable(),
  resources: z.array(z.object({ id: z.number(), type: z.string() })),
});
export const actionBody = z.object({ action });
export const actionsBody = z.object({ actions: z.array(action) });

export const sshKey = z.object({
  ssh_key: z.object({
    id: z.number(),
    name: z.string(),
    fingerprint: z.string(),
    public_key: z.string(),
    labels: z.record(z.string(), z.string()),
  }),
});

export const primaryIp = z.object({
  primary_ip: z.object({
    id: z.number(),
    name: z.string(),
    ip: z.string(),
    assignee_id: z.number().nullable(),
    assignee_type: z.string(),
    auto_delete: z.boolean(),
    protection: z.object({ delete: z.boolean() }),
    dns_ptr: z.array(z.object({ ip: z.string(), dns_ptr: z.string() })),
    location: z.object({ name: z.string() }),
  }),
});

export const firewall = z.object({
  firewall: z.object({
    id: z.number(),
    name: z.string(),
    rules: z.array(z.object({ source_ips: z.array(z.string()), port: z.string().nullable() })),
    applied_to: z.array(
      z.object({ type: z.string(), applied_to_resources: z.array(z.unknown()).optional() }),
    ),
  }),
});

export const server = z.object({
  server: z.object({
    id: z.number(),
    name: z.string(),
    status: z.string(),
    locked: z.boolean(),
    labels: z.record(z.string(), z.string()),
    server_type: z.object({ name: z.string() }),
    image: z.object({ name: z.string().nullable(), architecture: z.string() }),
    rescue_enabled: z.boolean(),
    placement_group: z.object({ id: z.number(), servers: z.array(z.number()) }).nullable(),
    location: z.object({ name: z.string() }),
    primary_disk_size: z.number(),
    volumes: z.array(z.number()),
    backup_window: z.string().nullable(),
    protection: z.object({ delete: z.boolean(), rebuild: z.boolean() }),
    public_net: z.object({
      ipv4: z.object({ id: z.number(), ip: z.string(), dns_ptr: z.string() }).nullable(),
      ipv6: z.object({ id: z.number(), ip: z.string() }).nullable(),
      firewalls: z.array(z.object({ id: z.number(), status: z.string() })),
    }),
  }),
});
export const createdServer = server.extend({
  action,
  next_actions: z.array(action),
  root_password: z.string().nullable(),
});

export const volume = z.object({
  volume: z.object({
    id: z.number(),
    name: z.string(),
    status: z.string(),
    size: z.number(),
    server: z.number().nullable(),
    format: z.string().nullable(),
    linux_device: z.string(),
    location: z.object({ name: z.string() }),
    protection: z.object({ delete: z.boolean() }),
    labels: z.record(z.string(), z.string()),
  }),
});

const image = z.object({
  image: z.object({
    id: z.number(),
    type: z.string(),
    status: z.string(),
    name: z.string().nullable(),
    description: z.string(),
    bound_to: z.number().nullable(),
    created_from: z.object({ id: z.number(), name: z.string() }).nullable(),
    disk_size: z.number(),
    labels: z.record(z.string(), z.string()),
    protection: z.object({ delete: z.boolean() }),
  }),
});

/** A list's names and its pagination. */
export function names(key: string) {
  return z
    .object({ [key]: z.array(z.object({ name: z.string() })), meta: z.object({ pagination: z.unknown() }) })
    .transform((body) =>
      z
        .array(z.object({ name: z.string() }))
        .parse(body[key])
        .map(({ name }) => name),
    );
}

export const ssh22 = { direction: "in", protocol: "tcp", port: "22", source_ips: ["198.51.100.0/24"] };

export async function makeKey(emulator: Emulator, name = "key", key = publicKey) {
  return (await emulator.read(sshKey, "POST", "/ssh_keys", { name, public_key: key })).ssh_key;
}

export async function makeIp(emulator: Emulator, fields: object = {}) {
  const order = { name: "ip", type: "ipv4", location: "nbg1", auto_delete: false, ...fields };
  return (await emulator.read(primaryIp, "POST", "/primary_ips", order)).primary_ip;
}

export async function makeFirewall(emulator: Emulator, fields: object = {}) {
  const order = { name: "firewall", rules: [ssh22], ...fields };
  return (await emulator.read(firewall, "POST", "/firewalls", order)).firewall;
}

export const serverOrder = {
  name: "bot",
  server_type: "cx23",
  image: "debian-13",
  location: "nbg1",
  public_net: { enable_ipv4: true, enable_ipv6: false },
};

/** Orders a server, and waits until it runs. */
export async function makeServer(emulator: Emulator, fields: object = {}) {
  const reply = await emulator.read(createdServer, "POST", "/servers", { ...serverOrder, ...fields });
  await emulator.settled();
  return reply.server;
}

export async function getServer(emulator: Emulator, id: number) {
  return (await emulator.read(server, "GET", `/servers/${id}`)).server;
}

/** Makes a volume, and waits until it is there. */
export async function makeVolume(emulator: Emulator, fields: object = {}) {
  const order = { name: "memory", size: 10, location: "nbg1", ...fields };
  const { id } = (await emulator.read(volume, "POST", "/volumes", order)).volume;
  await emulator.settled();
  return getVolume(emulator, id);
}

export async function getVolume(emulator: Emulator, id: number) {
  return (await emulator.read(volume, "GET", `/volumes/${id}`)).volume;
}

/** Makes an image of a server, and waits until it is there. */
export async function makeImage(emulator: Emulator, serverId: number, fields: object = {}) {
  const path = `/servers/${serverId}/actions/create_image`;
  const { id } = (await emulator.read(image, "POST", path, fields)).image;
  await emulator.settled();
  return getImage(emulator, id);
}

export async function getImage(emulator: Emulator, id: number) {
  return (await emulator.read(image, "GET", `/images/${id}`)).image;
}

/** Starts an action of a server, and waits until it is over. */
export function act(emulator: Emulator, id: number, name: string, body?: object) {
  return actOn(emulator, `/servers/${id}`, name, body);
}

/**
 * Starts an action of a resource, and waits until it is over.
 *
 * @param path the resource's: "/volumes/7"
 */
export async function actOn(emulator: Emulator, path: string, name: string, body?: object) {
  const { action: begun } = await emulator.read(actionBody, "POST", `${path}/actions/${name}`, body);
  await emulator.settled();
  return (await emulator.read(actionBody, "GET", `/actions/${begun.id}`)).action;
}
