import { beforeEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { type Emulator, startEmulator } from "./support/emulator.ts";
import { act, actOn, makeServer, names, serverOrder } from "./support/things.ts";

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator();
});

const networkBody = z.object({
  network: z.object({
    id: z.number(),
    ip_range: z.string(),
    servers: z.array(z.number()),
    subnets: z.array(z.object({ ip_range: z.string(), gateway: z.string() })),
    routes: z.array(z.object({ destination: z.string(), gateway: z.string() })),
    protection: z.object({ delete: z.boolean() }),
  }),
});
const privateNets = z.object({
  server: z.object({ private_net: z.array(z.object({ ip: z.string(), alias_ips: z.array(z.string()) })) }),
});

const subnet = { type: "cloud", network_zone: "eu-central" };

async function makeNetwork(fields: object = {}) {
  const order = { name: "private", ip_range: "10.0.0.0/16", subnets: [subnet], ...fields };
  return (await emulator.read(networkBody, "POST", "/networks", order)).network;
}

async function getNetwork(id: number) {
  return (await emulator.read(networkBody, "GET", `/networks/${id}`)).network;
}

async function addressesOf(serverId: number) {
  return (await emulator.read(privateNets, "GET", `/servers/${serverId}`)).server.private_net;
}

test("subnets get the first free range, and the network's first address as their gateway", async () => {
  const { id, subnets } = await makeNetwork();
  expect(subnets).toEqual([{ ip_range: "10.0.0.0/24", gateway: "10.0.0.1" }]);
  await actOn(emulator, `/networks/${id}`, "add_subnet", subnet);
  expect((await getNetwork(id)).subnets.map(({ ip_range: range }) => range)).toEqual([
    "10.0.0.0/24",
    "10.0.1.0/24",
  ]);
  await actOn(emulator, `/networks/${id}`, "delete_subnet", { ip_range: "10.0.1.0/24" });
  expect((await getNetwork(id)).subnets).toHaveLength(1);
});

test("routes are added and removed, and the range grows", async () => {
  const { id } = await makeNetwork();
  const route = { destination: "10.100.1.0/24", gateway: "10.0.0.2" };
  await actOn(emulator, `/networks/${id}`, "add_route", route);
  expect((await getNetwork(id)).routes).toEqual([route]);
  await actOn(emulator, `/networks/${id}`, "delete_route", route);
  await actOn(emulator, `/networks/${id}`, "change_ip_range", { ip_range: "10.0.0.0/12" });
  expect(await getNetwork(id)).toMatchObject({ routes: [], ip_range: "10.0.0.0/12" });
});

test.each([
  ["change_ip_range", { ip_range: "10.0.0.0/24" }],
  ["change_ip_range", { ip_range: "10.0.0.1/8" }],
  ["add_subnet", { ...subnet, ip_range: "10.1.0.0/24" }],
  ["add_subnet", { ...subnet, ip_range: "10.0.0.128/25" }],
  ["add_subnet", { ...subnet, network_zone: "moon" }],
  ["delete_subnet", { ip_range: "10.0.7.0/24" }],
  ["add_route", { destination: "10.0.0.0/25", gateway: "10.0.0.2" }],
  ["delete_route", { destination: "10.9.0.0/24", gateway: "10.0.0.2" }],
])("%s with %j is refused", async (command, body) => {
  const { id } = await makeNetwork();
  expect(await emulator.errorOf("POST", `/networks/${id}/actions/${command}`, body)).toBe(
    "422 invalid_input",
  );
});

test.each(["11.0.0.0/16", "10.0.0.0/25", "10.0.0.0", "10.0.0.1/16", "256.0.0.0/8"])(
  "a network can't be %s",
  async (range) => {
    expect(await emulator.errorOf("POST", "/networks", { name: "a", ip_range: range })).toBe(
      "422 invalid_input",
    );
  },
);

test("a server gets an address by its order or by an action, and frees it", async () => {
  const { id } = await makeNetwork();
  const first = await makeServer(emulator, { networks: [id] });
  expect(await addressesOf(first.id)).toEqual([{ ip: "10.0.0.2", alias_ips: [] }]);
  const second = await makeServer(emulator, { name: "second" });
  await act(emulator, second.id, "attach_to_network", { network: id, alias_ips: ["10.0.0.9"] });
  expect(await addressesOf(second.id)).toEqual([{ ip: "10.0.0.3", alias_ips: ["10.0.0.9"] }]);
  expect((await getNetwork(id)).servers).toEqual([first.id, second.id]);
  await act(emulator, second.id, "change_alias_ips", { network: id, alias_ips: ["10.0.0.10"] });
  expect(await addressesOf(second.id)).toMatchObject([{ alias_ips: ["10.0.0.10"] }]);
  await act(emulator, second.id, "detach_from_network", { network: id });
  expect(await addressesOf(second.id)).toEqual([]);
  await emulator.call("DELETE", `/networks/${id}`);
  expect(await addressesOf(first.id)).toEqual([]);
});

test("an address that can't be given is refused with the documented code", async () => {
  const { id } = await makeNetwork();
  const other = await makeNetwork({ name: "overlapping" });
  const empty = await makeNetwork({ name: "empty", ip_range: "192.168.0.0/24", subnets: [] });
  const { id: serverId } = await makeServer(emulator);
  const attach = (network: number, fields: object = {}) =>
    emulator.errorOf("POST", `/servers/${serverId}/actions/attach_to_network`, { network, ...fields });
  expect(await attach(empty.id)).toBe("422 no_subnet_available");
  expect(await attach(id, { ip: "10.0.0.1" })).toBe("422 ip_not_available");
  expect(await attach(id, { ip: "10.0.9.9" })).toBe("422 ip_not_available");
  await act(emulator, serverId, "attach_to_network", { network: id, ip: "10.0.0.7" });
  expect(await attach(id)).toBe("422 server_already_attached");
  expect(await attach(other.id)).toBe("422 networks_overlap");
  expect(
    await emulator.errorOf("POST", `/networks/${id}/actions/delete_subnet`, { ip_range: "10.0.0.0/24" }),
  ).toBe("422 service_error");
  const full = { ...serverOrder, name: "other", networks: [empty.id] };
  expect(await emulator.errorOf("POST", "/servers", full)).toBe("422 no_subnet_available");
  expect(await emulator.read(names("servers"), "GET", "/servers")).toEqual(["bot"]);
  const unknown = { ...serverOrder, name: "other", networks: [7] };
  expect(await emulator.errorOf("POST", "/servers", unknown)).toBe("404 not_found");
});

test("it is listed, renamed and protected", async () => {
  const { id } = await makeNetwork({ labels: { stack: "prod" } });
  expect(await emulator.errorOf("POST", "/networks", { name: "private", ip_range: "10.0.0.0/16" })).toBe(
    "409 uniqueness_error",
  );
  await emulator.call("PUT", `/networks/${id}`, { name: "renamed" });
  expect(await emulator.read(names("networks"), "GET", "/networks?label_selector=stack==prod")).toEqual([
    "renamed",
  ]);
  await actOn(emulator, `/networks/${id}`, "change_protection", { delete: true });
  expect(await emulator.errorOf("DELETE", `/networks/${id}`)).toBe("423 protected");
});
