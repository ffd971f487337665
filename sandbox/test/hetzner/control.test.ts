import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { HetznerControl } from "../../hetzner/control.ts";
import { type Emulator, startEmulator, token } from "./support/emulator.ts";
import { act, getServer, makeIp, makeServer, serverOrder } from "./support/things.ts";

let folder = "";
let emulator: Emulator;
let control: HetznerControl;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hetzner-"));
  emulator = await startEmulator();
  await emulator.control.listen({ path: join(folder, "sock") });
  control = new HetznerControl(join(folder, "sock"));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
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
      { project: "project-1", id, name: "bot", status: "running", ipv4: net.ipv4?.ip },
    ]);
  });

  test("lists the Primary IPs, assigned or not", async () => {
    const { id, ip } = await makeIp(emulator);
    expect(await control.primaryIps()).toEqual([
      { project: "project-1", id, name: "ip", ip, isProtected: false, assigneeId: null },
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

  test("makes one type at a location, or all of its types, sold out", async () => {
    await control.setSoldOut([{ location: "nbg1", serverType: "cx23" }, { location: "hel1" }]);
    const refusal = (fields: object) => emulator.errorOf("POST", "/servers", { ...serverOrder, ...fields });
    expect(await refusal({})).toBe("412 resource_unavailable");
    expect(await refusal({ location: "hel1", server_type: "cx33" })).toBe("412 resource_unavailable");
    const { body } = await emulator.call("GET", "/server_types?name=cx23");
    expect(body).toMatchObject({
      server_types: [
        {
          locations: [
            { name: "fsn1", available: true },
            { name: "nbg1", available: false },
            { name: "hel1", available: false },
          ],
        },
      ],
    });
    await control.setSoldOut([]);
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
    await expect(control.setActionDuration(-1)).rejects.toThrow(
      "PUT /action-duration on the control socket: 500",
    );
  });
});
