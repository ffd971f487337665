import { describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator } from "./support/emulator.ts";
import {
  actionBody,
  actionsBody,
  createdServer,
  getServer,
  makeFirewall,
  makeServer,
  serverOrder,
} from "./support/things.ts";

async function getAction(emulator: Emulator, id: number) {
  return (await emulator.read(actionBody, "GET", `/actions/${id}`)).action;
}

/** Reads a server until it looks as wanted, because what happens behind the API takes its time. */
async function until(emulator: Emulator, id: number, status: string) {
  for (;;) {
    const server = await getServer(emulator, id);
    if (server.status === status) {
      return server;
    }
  }
}

describe("an action", () => {
  test("runs for its time, locks the server, and shows its progress", async () => {
    const emulator = await startEmulator({ conditions: { actionDuration: 1000 } });
    const {
      server,
      action,
      next_actions: next,
    } = await emulator.read(createdServer, "POST", "/servers", serverOrder);
    const start = next[0]?.id ?? 0;
    expect(await getServer(emulator, server.id)).toMatchObject({ status: "initializing", locked: true });
    emulator.clock.advance(500);
    expect(await getAction(emulator, action.id)).toMatchObject({ status: "running", progress: 50 });
    expect(await emulator.errorOf("POST", `/servers/${server.id}/actions/poweroff`)).toBe("423 locked");
    expect(await emulator.errorOf("DELETE", `/servers/${server.id}`)).toBe("423 locked");

    emulator.clock.advance(500);
    expect(await until(emulator, server.id, "starting")).toMatchObject({ locked: true });
    expect(await getAction(emulator, action.id)).toMatchObject({ status: "success", progress: 100 });
    expect(await getAction(emulator, start)).toMatchObject({ status: "running", progress: 95 });
    emulator.clock.advance(1000);
    expect(await until(emulator, server.id, "running")).toMatchObject({ locked: false });
    expect(await getAction(emulator, start)).toMatchObject({ status: "success", progress: 100 });
  });

  test("shows in the server's status", async () => {
    const emulator = await startEmulator({ conditions: { actionDuration: 1000 } });
    const { server } = await emulator.read(createdServer, "POST", "/servers", serverOrder);
    emulator.clock.advance(1000);
    await until(emulator, server.id, "starting");
    emulator.clock.advance(1000);
    await until(emulator, server.id, "running");
    for (const [name, body, during, after] of [
      ["rebuild", { image: "debian-13" }, "rebuilding", "running"],
      ["poweroff", undefined, "stopping", "off"],
      ["change_type", { server_type: "cx33", upgrade_disk: false }, "migrating", "running"],
    ] as const) {
      await emulator.call("POST", `/servers/${server.id}/actions/${name}`, body);
      expect(await getServer(emulator, server.id)).toMatchObject({ status: during, locked: true });
      emulator.clock.advance(1000);
      expect(await until(emulator, server.id, after)).toMatchObject({ locked: false });
    }
    await emulator.call("DELETE", `/servers/${server.id}`);
    expect((await getServer(emulator, server.id)).status).toBe("deleting");
  });

  test("is pending in the server's firewalls until it is done", async () => {
    const emulator = await startEmulator({ conditions: { actionDuration: 1000 } });
    const { id } = await makeFirewall(emulator);
    const { server } = await emulator.read(createdServer, "POST", "/servers", {
      ...serverOrder,
      firewalls: [{ firewall: id }],
    });
    expect(server.public_net.firewalls).toEqual([{ id, status: "pending" }]);
  });

  test("is found by its id: in all actions, in those of its kind, and in those of its resource", async () => {
    const emulator = await startEmulator();
    const { id } = await makeServer(emulator);
    const [create, start] = (await emulator.read(actionsBody, "GET", `/servers/${id}/actions`)).actions;
    const ids = `id=${create?.id ?? 0}&id=${start?.id ?? 0}`;
    const some = await emulator.read(actionsBody, "GET", `/actions?${ids}&page=1&sort=status&sort=id:desc`);
    expect(some.actions.map(({ command }) => command)).toEqual(["start_server", "create_server"]);
    for (const path of ["/actions", "/servers/actions", `/servers/${id}/actions`]) {
      const { action } = await emulator.read(actionBody, "GET", `${path}/${create?.id ?? 0}`);
      expect(action).toMatchObject({ command: "create_server", resources: [{ id, type: "server" }] });
      expect(await emulator.errorOf("GET", `${path}/1`)).toBe("404 not_found");
    }
    const list = await emulator.read(actionsBody, "GET", "/servers/actions?sort=command:desc&status=success");
    expect(list.actions.map(({ command }) => command)).toEqual(["start_server", "create_server"]);
    expect((await emulator.read(actionsBody, "GET", "/primary_ips/actions")).actions).toEqual([]);
    expect(await emulator.errorOf("GET", "/servers/7/actions")).toBe("404 not_found");
  });

  test("can no longer be listed without an id", async () => {
    const emulator = await startEmulator();
    expect(await emulator.errorOf("GET", "/actions")).toBe("410 deprecated_api_endpoint");
  });

  test("that doesn't exist is left out of the list", async () => {
    const emulator = await startEmulator();
    expect((await emulator.read(actionsBody, "GET", "/actions?id=1")).actions).toEqual([]);
  });
});
