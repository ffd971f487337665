import { beforeEach, describe, expect, test } from "@jest/globals";
import type { HetznerControl } from "../../hetzner/control.ts";
import { startControlled } from "./support/controlled.ts";
import { type Emulator, token } from "./support/emulator.ts";
import { act, actionBody, getServer, makeIp, makeServer, serverOrder } from "./support/things.ts";

let emulator: Emulator;
let control: HetznerControl;

beforeEach(async () => {
  ({ emulator, control } = await startControlled());
});

describe("the control API", () => {
  test("shows every request, until the log is cleared", async () => {
    await emulator.call("GET", "/servers?name=x");
    await emulator.errorOf("DELETE", "/ssh_keys/1");
    expect(await control.requests()).toEqual([
      { method: "GET", path: "/servers?name=x", status: 200 },
      { method: "DELETE", path: "/ssh_keys/1", status: 404 },
    ]);
    await control.clearRequests();
    expect(await control.requests()).toEqual([]);
  });

  test("isn't part of the API", async () => {
    expect(await emulator.errorOf("GET", "/requests")).toBe("404 not_found");
    expect(await control.requests()).toHaveLength(1);
  });

  test("lists the servers with their machines", async () => {
    const { id, public_net: net } = await makeServer(emulator);
    expect(await control.servers()).toEqual([
      {
        project: "project-1",
        id,
        name: "bot",
        status: "running",
        serverType: "cx23",
        location: "nbg1",
        ipv4: net.ipv4?.ip,
      },
    ]);
  });

  test("lists the Primary IPs, assigned or not", async () => {
    const { id, ip } = await makeIp(emulator);
    expect(await control.primaryIps()).toEqual([
      { project: "project-1", id, name: "ip", ip, location: "nbg1", isProtected: false, assigneeId: null },
    ]);
  });

  test("shows the requests of a period", async () => {
    await emulator.call("GET", "/servers");
    const { result, requests } = await control.during(() => emulator.errorOf("GET", "/servers/7"));
    expect(result).toBe("404 not_found");
    expect(requests).toEqual([{ method: "GET", path: "/servers/7", status: 404 }]);
  });

  test("makes requests fail as often as ordered", async () => {
    const error = { kind: "error", status: 503, code: "unavailable", message: "not now" } as const;
    await control.inject({ method: "GET", path: "^/servers", times: 2, effect: error });
    expect(await emulator.errorOf("GET", "/locations/7")).toBe("404 not_found");
    expect(await emulator.errorOf("GET", "/servers")).toBe("503 unavailable");
    expect(await emulator.errorOf("GET", "/servers?name=x")).toBe("503 unavailable");
    expect((await emulator.call("GET", "/servers")).status).toBe(200);
    await control.inject({ effect: error });
    await control.clearFaults();
    expect((await emulator.call("GET", "/servers")).status).toBe(200);
  });

  test("leaves requests without an answer: reset, hanging, or after the call was carried out", async () => {
    const create = () => emulator.call("POST", "/servers", serverOrder);
    await control.inject({ effect: { kind: "reset" } });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await control.servers()).toEqual([]);
    await control.inject({ effect: { kind: "lose-answer" } });
    await expect(create()).rejects.toThrow("fetch failed");
    expect(await control.servers()).toHaveLength(1);

    await control.inject({ effect: { kind: "hang" } });
    const aborter = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const hanging = fetch(`${emulator.url}/servers`, { headers, signal: aborter.signal });
    while ((await control.requests()).length < 3) {
      // Requests until then.
    }
    aborter.abort();
    await expect(hanging).rejects.toThrow("abort");
    expect((await control.requests()).map(({ status }) => status)).toEqual([null, null, null]);
  });

  test("makes something other than the API answer", async () => {
    await control.inject({ effect: { kind: "garbage", status: 502, body: "<html>" } });
    const response = await fetch(`${emulator.url}/servers`);
    expect([response.status, await response.text()]).toEqual([502, "<html>"]);
  });

  test("makes actions fail before their work is done", async () => {
    const { id } = await makeServer(emulator);
    await control.failAction({ command: "stop_server", code: "locked" });
    expect(await act(emulator, id, "poweroff")).toMatchObject({ status: "error", error: { code: "locked" } });
    expect(emulator.dataCentre.machine(id).isRunning).toBe(true);
    expect((await getServer(emulator, id)).status).toBe("running");
    expect(await act(emulator, id, "poweroff")).toMatchObject({ status: "success" });
  });

  test("makes the start of a server fail", async () => {
    await control.failAction({ command: "start_server" });
    const { id } = await makeServer(emulator);
    expect(emulator.dataCentre.machine(id).isRunning).toBe(true);
    const failed = await emulator.call("GET", `/servers/${id}/actions?status=error`);
    expect(failed.body).toMatchObject({ actions: [{ command: "start_server", status: "error" }] });
  });

  test("makes actions fail after all of their work is done", async () => {
    const { id } = await makeServer(emulator);
    await control.failAction({ command: "stop_server", code: "unknown_error", isWorkDone: true });
    expect(await act(emulator, id, "poweroff")).toMatchObject({ error: { code: "unknown_error" } });
    expect((await getServer(emulator, id)).status).toBe("off");
    await control.failAction({ command: "delete_server", isWorkDone: true });
    await emulator.call("DELETE", `/servers/${id}`);
    await emulator.settled();
    expect(await control.servers()).toEqual([]);
  });

  test("leaves a machine whose creation fails after its work, until the server is deleted", async () => {
    await control.failAction({ command: "create_server", isWorkDone: true });
    const { id } = await makeServer(emulator);
    expect(await getServer(emulator, id)).toMatchObject({ status: "running", locked: false });
    await emulator.call("DELETE", `/servers/${id}`);
    await emulator.settled();
    expect(emulator.dataCentre.machines.size).toBe(0);
  });

  test("makes an action hang, which ends when the faults are cleared", async () => {
    const { id } = await makeServer(emulator);
    await control.hangAction("stop_server");
    const begun = await emulator.read(actionBody, "POST", `/servers/${id}/actions/poweroff`);
    expect(await getServer(emulator, id)).toMatchObject({ status: "stopping", locked: true });
    await control.clearFaults();
    await emulator.settled();
    const { action } = await emulator.read(actionBody, "GET", `/actions/${begun.action.id}`);
    expect(action).toMatchObject({ status: "error", error: { code: "action_failed" } });
    expect(await getServer(emulator, id)).toMatchObject({ status: "running", locked: false });
  });

  test("makes an action hang that is usually done at once", async () => {
    const { id } = await makeIp(emulator);
    await control.hangAction("change_protection");
    const path = `/primary_ips/${id}/actions/change_protection`;
    const { action } = await emulator.read(actionBody, "POST", path, { delete: true });
    expect(action.status).toBe("running");
    await control.reset();
    const { action: ended } = await emulator.read(actionBody, "GET", `/actions/${action.id}`);
    expect(ended.status).toBe("error");
  });

  test("makes a server vanish, without an action", async () => {
    const ip = await makeIp(emulator);
    const { id } = await makeServer(emulator, { public_net: { ipv4: ip.id, enable_ipv6: false } });
    await control.vanish(id);
    expect(await emulator.errorOf("GET", `/servers/${id}`)).toBe("404 not_found");
    expect(emulator.dataCentre.machines.size).toBe(0);
    expect(await control.primaryIps()).toMatchObject([{ id: ip.id, assigneeId: null }]);
    await expect(control.vanish(id)).rejects.toThrow("404");
  });

  test("makes everything normal again", async () => {
    await control.change({ soldOut: [{ location: "nbg1" }], tokens: { "project-1": "read-only" } });
    await control.inject({ effect: { kind: "error", status: 503, code: "unavailable", message: "not now" } });
    await control.reset();
    await makeServer(emulator);
  });

  test("sets how long actions take", async () => {
    await control.setActionDuration(1000);
    const { body } = await emulator.call("POST", "/servers", serverOrder);
    expect(body).toMatchObject({ action: { status: "running" } });
    const running = await emulator.call("GET", "/servers/actions?status=running");
    expect(running.body).toMatchObject({ actions: [{}, {}] });
  });

  test("refuses what it doesn't understand", async () => {
    await expect(control.setActionDuration(-1)).rejects.toThrow(`"actionDuration" isn't valid`);
  });
});
