import { beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { HetznerControl } from "../../hetzner/control.ts";
import { startControlled } from "./support/controlled.ts";
import type { Emulator } from "./support/emulator.ts";
import {
  act,
  actionsBody,
  actOn,
  getServer,
  getVolume,
  makeServer,
  makeVolume,
  names,
  serverOrder,
  volume,
} from "./support/things.ts";

let emulator: Emulator;
let control: HetznerControl;

beforeEach(async () => {
  ({ emulator, control } = await startControlled());
});

const createdVolume = volume.extend({ action: z.unknown(), next_actions: z.array(z.unknown()) });
const order = { name: "memory", size: 10, location: "nbg1" };

describe("creating a volume", () => {
  test("makes one with a device path, which no server has", async () => {
    await control.hangAction("create_volume");
    const created = await emulator.read(createdVolume, "POST", "/volumes", { ...order, format: "ext4" });
    expect(created).toMatchObject({
      action: { command: "create_volume", status: "running" },
      next_actions: [],
      volume: { status: "creating", server: null, format: "ext4", size: 10 },
    });
    await control.clearFaults();
    expect(await makeVolume(emulator, { name: "other" })).toMatchObject({
      status: "available",
      format: null,
    });
    const { id, linux_device: device } = created.volume;
    expect(device).toBe(`/dev/disk/by-id/scsi-0HC_Volume_${id}`);
  });

  test("attaches it to the server that the order names, in that server's location", async () => {
    const server = await makeServer(emulator);
    const created = await emulator.read(createdVolume, "POST", "/volumes", {
      name: "memory",
      size: 10,
      server: server.id,
      automount: true,
    });
    expect(created.next_actions).toMatchObject([{ command: "attach_volume", status: "running" }]);
    await emulator.settled();
    const { id } = created.volume;
    expect(await getVolume(emulator, id)).toMatchObject({ server: server.id, location: { name: "nbg1" } });
    expect((await getServer(emulator, server.id)).volumes).toEqual([id]);
    expect(emulator.dataCentre.volume(id).machineId).toBe(server.id);
  });

  test("leaves it detached if something locks the server meanwhile", async () => {
    const server = await makeServer(emulator);
    await control.setActionDuration(1000);
    const { volume: made } = await emulator.read(createdVolume, "POST", "/volumes", {
      ...order,
      server: server.id,
    });
    await control.change({ lockedServers: [server.id] });
    emulator.clock.advance(1000);
    await emulator.settled();
    const { actions } = await emulator.read(actionsBody, "GET", `/volumes/${made.id}/actions`);
    expect(actions).toMatchObject([
      { command: "create_volume", status: "success" },
      { command: "attach_volume", status: "error", error: { code: "locked" } },
    ]);
    expect((await getVolume(emulator, made.id)).server).toBeNull();
  });

  test.each([
    ["a name that is taken", {}, "409 uniqueness_error"],
    ["a name that ends with a dash", { name: "a-" }, "422 invalid_input"],
    ["9 GB", { name: "a", size: 9 }, "422 invalid_input"],
    ["more than 10 TB", { name: "a", size: 10_241 }, "422 invalid_input"],
    ["no place", { name: "a", location: undefined }, "422 invalid_input"],
    ["an unknown location", { name: "a", location: "xyz1" }, "422 invalid_input"],
    ["an unknown server", { name: "a", server: 7 }, "404 not_found"],
    ["another file system", { name: "a", format: "btrfs" }, "422 invalid_input"],
    ["mounting without a server", { name: "a", automount: true }, "422 invalid_input"],
  ])("is refused with %s", async (_what, fields, error) => {
    await makeVolume(emulator);
    expect(await emulator.errorOf("POST", "/volumes", { ...order, ...fields })).toBe(error);
    expect(await control.volumes()).toHaveLength(1);
  });

  test("can fail", async () => {
    await control.failAction({ command: "create_volume" });
    const { id, status } = await makeVolume(emulator);
    expect(status).toBe("creating");
    expect(await emulator.call("DELETE", `/volumes/${id}`)).toMatchObject({ status: 204 });
    expect(emulator.dataCentre.volumes.size).toBe(0);
  });
});

describe("a volume", () => {
  test("is listed by name, label and status", async () => {
    await makeVolume(emulator, { labels: { stack: "prod" } });
    await makeVolume(emulator, { name: "other" });
    const list = (query: string) => emulator.read(names("volumes"), "GET", `/volumes?${query}`);
    expect(await list("name=other")).toEqual(["other"]);
    expect(await list("label_selector=stack==prod&status=available")).toEqual(["memory"]);
    expect(await list("sort=name:desc")).toEqual(["other", "memory"]);
  });

  test("gets another name and labels", async () => {
    const { id } = await makeVolume(emulator);
    await makeVolume(emulator, { name: "other" });
    await emulator.call("PUT", `/volumes/${id}`, { labels: { stack: "prod" } });
    await emulator.call("PUT", `/volumes/${id}`, { name: "state" });
    expect(await getVolume(emulator, id)).toMatchObject({ name: "state", labels: { stack: "prod" } });
    expect(await emulator.errorOf("PUT", `/volumes/${id}`, { name: "other" })).toBe("409 uniqueness_error");
  });

  test("is attached and detached, and locks its server meanwhile", async () => {
    const server = await makeServer(emulator);
    const { id } = await makeVolume(emulator);
    await control.setActionDuration(1000);
    for (const [name, attachedTo] of [
      ["attach", server.id],
      ["detach", null],
    ] as const) {
      await emulator.call("POST", `/volumes/${id}/actions/${name}`, { server: server.id });
      expect(await getServer(emulator, server.id)).toMatchObject({ locked: true, status: "running" });
      expect(await emulator.errorOf("POST", `/servers/${server.id}/actions/poweroff`)).toBe("423 locked");
      emulator.clock.advance(1000);
      await emulator.settled();
      expect((await getVolume(emulator, id)).server).toBe(attachedTo);
    }
    expect((await getServer(emulator, server.id)).locked).toBe(false);
  });

  test("is attached to one server in the same location, unless that is locked", async () => {
    const [here, also] = [await makeServer(emulator), await makeServer(emulator, { name: "also" })];
    const elsewhere = await makeServer(emulator, { name: "elsewhere", location: "fsn1" });
    const { id } = await makeVolume(emulator);
    const attach = (server: number) => emulator.errorOf("POST", `/volumes/${id}/actions/attach`, { server });
    expect(await attach(7)).toBe("404 not_found");
    expect(await attach(elsewhere.id)).toBe("422 invalid_input");
    await control.change({ lockedServers: [here.id] });
    expect(await attach(here.id)).toBe("423 locked");
    await control.reset();
    await actOn(emulator, `/volumes/${id}`, "attach", { server: here.id });
    expect(await attach(also.id)).toBe("422 volume_already_attached");
  });

  test("can't be detached from nothing", async () => {
    const { id } = await makeVolume(emulator);
    expect(await emulator.errorOf("POST", `/volumes/${id}/actions/detach`)).toBe("422 service_error");
  });

  test("refuses another action while one runs", async () => {
    const [server, { id }] = [await makeServer(emulator), await makeVolume(emulator)];
    await control.hangAction("resize_volume");
    await emulator.call("POST", `/volumes/${id}/actions/resize`, { size: 11 });
    const attach = { server: server.id };
    expect(await emulator.errorOf("POST", `/volumes/${id}/actions/attach`, attach)).toBe("423 locked");
    expect(await emulator.errorOf("POST", `/volumes/${id}/actions/resize`, { size: 12 })).toBe("423 locked");
    expect(await emulator.errorOf("DELETE", `/volumes/${id}`)).toBe("423 locked");
  });

  test("only grows", async () => {
    const { id } = await makeVolume(emulator, { size: 20 });
    const action = await actOn(emulator, `/volumes/${id}`, "resize", { size: 25 });
    expect(action).toMatchObject({
      command: "resize_volume",
      status: "success",
      resources: [{ type: "volume" }],
    });
    expect((await getVolume(emulator, id)).size).toBe(25);
    expect(emulator.dataCentre.volume(id).order.gigabytes).toBe(25);
    for (const size of [25, 20, 10_241]) {
      expect(await emulator.errorOf("POST", `/volumes/${id}/actions/resize`, { size })).toBe(
        "422 invalid_input",
      );
    }
  });

  test("stays while it is protected or attached", async () => {
    const server = await makeServer(emulator);
    const { id } = await makeVolume(emulator, { location: undefined, server: server.id });
    await actOn(emulator, `/volumes/${id}`, "change_protection", { delete: true });
    expect((await getVolume(emulator, id)).protection.delete).toBe(true);
    expect(await emulator.errorOf("DELETE", `/volumes/${id}`)).toBe("423 protected");
    await actOn(emulator, `/volumes/${id}`, "change_protection", { delete: false });
    expect(await emulator.errorOf("DELETE", `/volumes/${id}`)).toBe("422 service_error");
    await actOn(emulator, `/volumes/${id}`, "detach");
    expect((await emulator.call("DELETE", `/volumes/${id}`)).status).toBe(204);
    expect(await emulator.errorOf("GET", `/volumes/${id}`)).toBe("404 not_found");
    expect(emulator.dataCentre.volumes.size).toBe(0);
  });

  test("outlives its server, even a protected one that vanishes", async () => {
    const server = await makeServer(emulator);
    const { id } = await makeVolume(emulator, { location: undefined, server: server.id });
    await emulator.call("DELETE", `/servers/${server.id}`);
    await emulator.settled();
    expect(await getVolume(emulator, id)).toMatchObject({ server: null, status: "available" });
    const second = await makeServer(emulator, { volumes: [id] });
    expect((await getVolume(emulator, id)).server).toBe(second.id);
    await control.vanish(second.id);
    expect(await control.volumes()).toMatchObject([{ id, name: "memory", size: 10, serverId: null }]);
    expect(emulator.dataCentre.volume(id).machineId).toBeUndefined();
  });

  test("stays attached over a rebuild and a change of the type", async () => {
    const server = await makeServer(emulator);
    const { id } = await makeVolume(emulator, { location: undefined, server: server.id });
    await act(emulator, server.id, "rebuild", { image: "debian-13" });
    await act(emulator, server.id, "poweroff");
    await act(emulator, server.id, "change_type", { server_type: "cx33", upgrade_disk: false });
    expect((await getServer(emulator, server.id)).volumes).toEqual([id]);
  });

  test("can be part of a server's order, once and in its location", async () => {
    const { id } = await makeVolume(emulator);
    const create = (fields: object) => emulator.errorOf("POST", "/servers", { ...serverOrder, ...fields });
    expect(await create({ volumes: [id], location: "fsn1" })).toBe("422 invalid_input");
    const { id: serverId } = await makeServer(emulator, { volumes: [id] });
    expect(emulator.dataCentre.volume(id).machineId).toBe(serverId);
    expect(await create({ name: "also", volumes: [id] })).toBe("422 volume_already_attached");
  });

  test("has its effect even if its action fails afterwards", async () => {
    const [server, { id }] = [await makeServer(emulator), await makeVolume(emulator)];
    await control.failAction({ command: "attach_volume", isWorkDone: true });
    const action = await actOn(emulator, `/volumes/${id}`, "attach", { server: server.id });
    expect(action.status).toBe("error");
    expect((await getVolume(emulator, id)).server).toBe(server.id);
  });
});

test("a gigabyte of a volume has its price", async () => {
  const pricing = await emulator.call("GET", "/pricing");
  expect(pricing.body).toMatchObject({ pricing: { volume: { price_per_gb_month: { net: "0.0440" } } } });
});
