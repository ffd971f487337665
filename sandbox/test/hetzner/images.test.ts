import { beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import type { HetznerControl } from "../../hetzner/control.ts";
import { startControlled } from "./support/controlled.ts";
import type { Emulator } from "./support/emulator.ts";
import {
  act,
  actOn,
  getImage,
  getServer,
  makeImage,
  makeKey,
  makeServer,
  serverOrder,
} from "./support/things.ts";

// Images that a project makes of its servers, and the rescue system. offers.test.ts has the system images.

let emulator: Emulator;
let control: HetznerControl;
let serverId: number;

beforeEach(async () => {
  ({ emulator, control } = await startControlled());
  serverId = (await makeServer(emulator)).id;
});

const imageIds = z.object({ images: z.array(z.object({ id: z.number() })) });

async function list(query: string): Promise<number[]> {
  return (await emulator.read(imageIds, "GET", `/images?${query}`)).images.map(({ id }) => id);
}

describe("a snapshot", () => {
  test("is made of a server, which is locked meanwhile, and outlives it", async () => {
    await control.setActionDuration(1000);
    const { body } = await emulator.call("POST", `/servers/${serverId}/actions/create_image`, {
      description: "before the update",
      labels: { stack: "prod" },
    });
    expect(body).toMatchObject({ action: { command: "create_image" }, image: { status: "creating" } });
    expect((await getServer(emulator, serverId)).locked).toBe(true);
    emulator.clock.advance(1000);
    await emulator.settled();
    const [id = 0] = await list("type=snapshot");
    expect(emulator.dataCentre.images.get(id)).toBe(serverId);
    await control.setActionDuration(0);
    await emulator.call("DELETE", `/servers/${serverId}`);
    await emulator.settled();
    expect(await getImage(emulator, id)).toMatchObject({
      type: "snapshot",
      status: "available",
      name: null,
      description: "before the update",
      created_from: { id: serverId, name: "bot" },
      bound_to: null,
    });
  });

  test("is found by type, label and architecture, and not by a name", async () => {
    const { id } = await makeImage(emulator, serverId, { labels: { stack: "prod" } });
    expect(await list("type=snapshot&type=backup")).toEqual([id]);
    expect(await list("label_selector=stack==prod")).toEqual([id]);
    expect(await list("type=snapshot&architecture=arm")).toEqual([]);
    expect(await list("name=debian-13")).not.toContain(id);
    expect(await list("per_page=50")).toContain(id);
  });

  test("is what a server can be rebuilt and made from", async () => {
    const { id } = await makeImage(emulator, serverId);
    expect((await act(emulator, serverId, "rebuild", { image: String(id) })).status).toBe("success");
    expect(emulator.dataCentre.machine(serverId).order.image).toBe(id);
    expect((await getServer(emulator, serverId)).image.name).toBeNull();
    const other = await makeServer(emulator, { name: "other", image: id });
    expect(emulator.dataCentre.machine(other.id).order.image).toBe(id);
    const again = await makeImage(emulator, other.id);
    expect(again.created_from?.id).toBe(other.id);
  });

  test("isn't for another architecture, a smaller disk, or before it is there", async () => {
    const large = await makeServer(emulator, { name: "large", server_type: "cx33" });
    const { id } = await makeImage(emulator, large.id);
    const rebuild = (image: number) =>
      emulator.errorOf("POST", `/servers/${serverId}/actions/rebuild`, { image });
    expect(await rebuild(id)).toBe("422 invalid_input");
    const arm = { ...serverOrder, name: "arm", server_type: "cax11", image: id };
    expect(await emulator.errorOf("POST", "/servers", arm)).toBe("422 invalid_input");
    await control.failAction({ command: "create_image" });
    const failed = await makeImage(emulator, serverId);
    expect(failed.status).toBe("unavailable");
    expect(await rebuild(failed.id)).toBe("422 invalid_input");
  });

  test("gets another description and labels, and stays while it is protected", async () => {
    const { id } = await makeImage(emulator, serverId);
    await emulator.call("PUT", `/images/${id}`, { description: "kept", labels: { a: "b" } });
    await actOn(emulator, `/images/${id}`, "change_protection", { delete: true });
    expect(await getImage(emulator, id)).toMatchObject({
      description: "kept",
      labels: { a: "b" },
      protection: { delete: true },
    });
    expect(await emulator.errorOf("DELETE", `/images/${id}`)).toBe("423 protected");
    await actOn(emulator, `/images/${id}`, "change_protection", { delete: false });
    expect((await emulator.call("DELETE", `/images/${id}`)).status).toBe(204);
    expect(await emulator.errorOf("GET", `/images/${id}`)).toBe("404 not_found");
    expect(emulator.dataCentre.images.size).toBe(0);
  });

  test("doesn't make a system image deletable", async () => {
    const [id = 0] = await list("name=debian-13&architecture=x86");
    expect(await emulator.errorOf("DELETE", `/images/${id}`)).toBe("404 not_found");
  });
});

describe("a backup", () => {
  const backup = { type: "backup" };

  test("needs the server's backups, and is deleted with them", async () => {
    const path = `/servers/${serverId}/actions/create_image`;
    expect(await emulator.errorOf("POST", path, backup)).toBe("422 invalid_input");
    await act(emulator, serverId, "enable_backup");
    const { id, bound_to: boundTo } = await makeImage(emulator, serverId, backup);
    expect(boundTo).toBe(serverId);
    expect(await list(`bound_to=${serverId}`)).toEqual([id]);
    expect(await emulator.errorOf("POST", `/images/${id}/actions/change_protection`, { delete: true })).toBe(
      "422 invalid_input",
    );
    await act(emulator, serverId, "disable_backup");
    expect(await list("type=backup")).toEqual([]);
  });

  test("is deleted with its server, unless it became a snapshot", async () => {
    await act(emulator, serverId, "enable_backup");
    const { id } = await makeImage(emulator, serverId, backup);
    await makeImage(emulator, serverId, backup);
    await emulator.call("PUT", `/images/${id}`, { type: "snapshot" });
    await emulator.call("DELETE", `/servers/${serverId}`);
    await emulator.settled();
    expect(await list("type=backup&type=snapshot")).toEqual([id]);
  });
});

describe("the rescue system", () => {
  test("is started by the next boot, with the keys that may log in, and by no other boot", async () => {
    const key = await makeKey(emulator);
    const path = `/servers/${serverId}/actions/enable_rescue`;
    const { body } = await emulator.call("POST", path, { type: "linux64", ssh_keys: [key.id] });
    expect(z.object({ root_password: z.string() }).parse(body).root_password).not.toBe("");
    await emulator.settled();
    expect((await getServer(emulator, serverId)).rescue_enabled).toBe(true);
    expect(emulator.dataCentre.machine(serverId).rescue).toEqual([key.public_key]);
    await act(emulator, serverId, "reset");
    expect((await getServer(emulator, serverId)).rescue_enabled).toBe(false);
  });

  test("is switched off again before it was used", async () => {
    await act(emulator, serverId, "enable_rescue");
    await act(emulator, serverId, "disable_rescue");
    expect((await getServer(emulator, serverId)).rescue_enabled).toBe(false);
  });

  test("is refused with an unknown key, and while the server is locked", async () => {
    const path = `/servers/${serverId}/actions/enable_rescue`;
    expect(await emulator.errorOf("POST", path, { ssh_keys: [7] })).toBe("404 not_found");
    await control.change({ lockedServers: [serverId] });
    expect(await emulator.errorOf("POST", path)).toBe("423 locked");
  });
});
