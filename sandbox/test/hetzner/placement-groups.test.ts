import { beforeEach, expect, test } from "@jest/globals";
import * as z from "zod";
import { type Emulator, startEmulator } from "./support/emulator.ts";
import { act, getServer, makeServer, names, serverOrder } from "./support/things.ts";

let emulator: Emulator;

beforeEach(async () => {
  emulator = await startEmulator();
});

const placementGroup = z.object({
  placement_group: z.object({ id: z.number(), name: z.string(), servers: z.array(z.number()) }),
});

async function makeGroup(fields: object = {}) {
  const order = { name: "spread", type: "spread", ...fields };
  return (await emulator.read(placementGroup, "POST", "/placement_groups", order)).placement_group;
}

async function getGroup(id: number) {
  return (await emulator.read(placementGroup, "GET", `/placement_groups/${id}`)).placement_group;
}

test("a server is ordered in a placement group, and the group can be deleted", async () => {
  const { id } = await makeGroup();
  const server = await makeServer(emulator, { placement_group: id });
  expect((await getGroup(id)).servers).toEqual([server.id]);
  expect((await getServer(emulator, server.id)).placement_group).toMatchObject({ id, servers: [server.id] });
  expect((await emulator.call("DELETE", `/placement_groups/${id}`)).status).toBe(204);
  expect((await getServer(emulator, server.id)).placement_group).toBeNull();
  const unknown = { ...serverOrder, name: "other", placement_group: id };
  expect(await emulator.errorOf("POST", "/servers", unknown)).toBe("404 not_found");
});

test("a server that is off is added to one group, and removed", async () => {
  const { id } = await makeGroup();
  const { id: serverId } = await makeServer(emulator);
  const add = `/servers/${serverId}/actions/add_to_placement_group`;
  expect(await emulator.errorOf("POST", add, { placement_group: id })).toBe("422 server_not_stopped");
  await act(emulator, serverId, "poweroff");
  await act(emulator, serverId, "add_to_placement_group", { placement_group: id });
  expect((await getGroup(id)).servers).toEqual([serverId]);
  expect(await emulator.errorOf("POST", add, { placement_group: id })).toBe("422 already_in_placement_group");
  await act(emulator, serverId, "remove_from_placement_group");
  expect((await getGroup(id)).servers).toEqual([]);
  expect(await emulator.errorOf("POST", `/servers/${serverId}/actions/remove_from_placement_group`)).toBe(
    "422 invalid_input",
  );
});

test("it is listed, renamed and unique", async () => {
  const { id } = await makeGroup({ labels: { stack: "prod" } });
  await makeGroup({ name: "other" });
  const order = { name: "other", type: "spread" };
  expect(await emulator.errorOf("POST", "/placement_groups", order)).toBe("409 uniqueness_error");
  await emulator.call("PUT", `/placement_groups/${id}`, { name: "apart" });
  const list = (query: string) =>
    emulator.read(names("placement_groups"), "GET", `/placement_groups?${query}`);
  expect(await list("label_selector=stack==prod")).toEqual(["apart"]);
  expect(await list("type=spread&sort=name:desc")).toEqual(["other", "apart"]);
});
