import { beforeEach, describe, expect, test } from "@jest/globals";
import type { HetznerControl } from "../../hetzner/control.ts";
import { startControlled } from "./support/controlled.ts";
import { type Emulator, errorBody, otherToken, token } from "./support/emulator.ts";
import {
  act,
  actionBody,
  getServer,
  makeFirewall,
  makeIp,
  makeServer,
  names,
  serverOrder,
} from "./support/things.ts";

// Everything else that a test can change at Hetzner, besides what is offered (offers.test.ts).

let emulator: Emulator;
let control: HetznerControl;

beforeEach(async () => {
  ({ emulator, control } = await startControlled());
});

async function refusalOf(method: string, path: string, body?: unknown, asToken = token) {
  const answer = await emulator.call(method, path, body, { token: asToken });
  const { code, message, details } = errorBody.parse(answer.body).error;
  return { refusal: `${answer.status} ${code}: ${message}`, details };
}

describe("the limits of an account", () => {
  test("are five servers, in all of its projects together", async () => {
    for (const name of ["one", "two", "three", "four"]) {
      await makeServer(emulator, { name });
    }
    await emulator.call("POST", "/servers", { ...serverOrder, name: "five" }, { token: otherToken });
    expect(await refusalOf("POST", "/servers", { ...serverOrder, name: "six" })).toEqual({
      refusal: "403 resource_limit_exceeded: server limit exceeded",
      details: { limits: [{ name: "server_limit" }] },
    });
  });

  test("can be set for addresses, and count those that are made with a server", async () => {
    await control.change({ limits: { servers: null, primaryIps: 1 } });
    const { id } = await makeIp(emulator);
    const limit = {
      refusal: "403 resource_limit_exceeded: Primary IP limit exceeded",
      details: { limits: [{ name: "primary_ip_limit" }] },
    };
    const order = { name: "two", type: "ipv4", location: "nbg1" };
    expect(await refusalOf("POST", "/primary_ips", order)).toEqual(limit);
    expect(await refusalOf("POST", "/primary_ips", order, otherToken)).toEqual(limit);
    expect(await refusalOf("POST", "/servers", serverOrder)).toEqual(limit);
    await makeServer(emulator, { public_net: { ipv4: id, enable_ipv6: false } });
  });
});

describe("a token", () => {
  test("that is read-only reads everything, and writes nothing, not even an invalid order", async () => {
    await control.change({ tokens: { "project-1": "read-only" } });
    expect((await emulator.call("GET", "/servers")).status).toBe(200);
    const readonly = "401 token_readonly: The token is only allowed to perform GET requests.";
    expect((await refusalOf("POST", "/servers", {})).refusal).toBe(readonly);
    expect((await refusalOf("DELETE", "/primary_ips/7")).refusal).toBe(readonly);
    const invalid = await emulator.call("POST", "/servers", undefined, { text: "{" });
    expect(invalid.status).toBe(401);
    await emulator.read(names("servers"), "GET", "/servers");
  });

  test("of another project isn't affected", async () => {
    await control.change({ tokens: { "project-1": "read-only" } });
    expect((await refusalOf("POST", "/servers", {}, otherToken)).refusal).toContain("422 invalid_input");
  });

  test("that is revoked is unknown, until it is allowed again", async () => {
    await control.change({ tokens: { "project-1": "revoked" } });
    expect(await emulator.errorOf("GET", "/servers")).toBe("401 unauthorized");
    await control.change({ tokens: {} });
    expect((await emulator.call("GET", "/servers")).status).toBe(200);
  });
});

describe("a server", () => {
  test("can ignore the shutdown button, and still obeys the others", async () => {
    const { id } = await makeServer(emulator);
    await control.change({ ignoringShutdown: [id] });
    expect((await act(emulator, id, "shutdown")).status).toBe("success");
    expect(await getServer(emulator, id)).toMatchObject({ status: "running", locked: false });
    expect(emulator.dataCentre.machine(id).isRunning).toBe(true);
    await act(emulator, id, "poweroff");
    expect((await getServer(emulator, id)).status).toBe("off");
  });

  test("can be locked by something else, such as a backup, and is still watched", async () => {
    const { id } = await makeServer(emulator);
    await control.change({ lockedServers: [id] });
    const locked = "423 locked: cannot perform operation because server is locked";
    expect((await refusalOf("POST", `/servers/${id}/actions/poweroff`)).refusal).toBe(locked);
    expect((await refusalOf("DELETE", `/servers/${id}`)).refusal).toBe(locked);
    emulator.dataCentre.machine(id).isRunning = false;
    expect(await getServer(emulator, id)).toMatchObject({ status: "off", locked: true });
    await control.change({ lockedServers: [] });
    expect((await act(emulator, id, "poweron")).status).toBe("success");
  });

  test("is locked while its firewall changes", async () => {
    const firewall = await makeFirewall(emulator);
    const { id } = await makeServer(emulator);
    await control.hangAction("apply_firewall");
    const apply = { apply_to: [{ type: "server", server: { id } }] };
    await emulator.call("POST", `/firewalls/${firewall.id}/actions/apply_to_resources`, apply);
    expect(await getServer(emulator, id)).toMatchObject({ status: "running", locked: true });
    const change = { server_type: "cx33", upgrade_disk: false };
    expect(await emulator.errorOf("POST", `/servers/${id}/actions/change_type`, change)).toBe("423 locked");
    await control.clearFaults();
    await emulator.settled();
    expect((await getServer(emulator, id)).locked).toBe(false);
  });

  test("can stay off after a change of its type", async () => {
    const { id } = await makeServer(emulator);
    await control.change({ afterChangeType: "off" });
    await act(emulator, id, "poweroff");
    await act(emulator, id, "change_type", { server_type: "cx33", upgrade_disk: false });
    expect(await getServer(emulator, id)).toMatchObject({ status: "off", server_type: { name: "cx33" } });
    expect(emulator.dataCentre.machine(id).isRunning).toBe(false);
  });
});

describe("an address", () => {
  test("can come free late, after its server is gone", async () => {
    const ip = await makeIp(emulator);
    const order = { public_net: { ipv4: ip.id, enable_ipv6: false } };
    const { id } = await makeServer(emulator, order);
    await control.change({ addressesComeFree: false });
    await emulator.call("DELETE", `/servers/${id}`);
    await emulator.settled();
    expect(await control.servers()).toEqual([]);
    expect(await emulator.errorOf("POST", "/servers", { ...serverOrder, ...order })).toBe(
      "422 primary_ip_assigned",
    );
    expect(await emulator.errorOf("DELETE", `/primary_ips/${ip.id}`)).toBe("422 must_be_unassigned");
    await control.change({ addressesComeFree: true });
    await makeServer(emulator, order);
  });
});

describe("an address or a firewall", () => {
  test("can't be updated while an action runs on it", async () => {
    const ip = await makeIp(emulator);
    const firewall = await makeFirewall(emulator);
    const { id } = await makeServer(emulator, { firewalls: [{ firewall: firewall.id }] });
    await control.hangAction("change_dns_ptr");
    const path = `/primary_ips/${ip.id}`;
    await emulator.read(actionBody, "POST", `${path}/actions/change_dns_ptr`, { ip: ip.ip, dns_ptr: "x" });
    expect(await emulator.errorOf("PUT", path, { name: "new" })).toBe("409 conflict");
    await control.hangAction("apply_firewall");
    await emulator.call("POST", `/firewalls/${firewall.id}/actions/set_rules`, { rules: [] });
    expect(await emulator.errorOf("PUT", `/firewalls/${firewall.id}`, { name: "new" })).toBe("409 conflict");
    await control.clearFaults();
    await emulator.settled();
    expect((await emulator.call("PUT", path, { name: "new" })).status).toBe(200);
    expect((await getServer(emulator, id)).locked).toBe(false);
  });
});

test("every answer has its own correlation id, which official clients show with errors", async () => {
  const ids = new Set<string | null>();
  for (const [method, path] of [
    ["GET", "/servers"],
    ["GET", "/servers/7"],
    ["POST", "/nowhere"],
  ] as const) {
    ids.add((await emulator.call(method, path)).headers.get("x-correlation-id"));
  }
  await control.inject({ effect: { kind: "error", status: 503, code: "unavailable", message: "not now" } });
  ids.add((await emulator.call("GET", "/servers")).headers.get("x-correlation-id"));
  expect(ids.size).toBe(4);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{32}$/);
  }
});

test("there are no storage boxes, which are in another API of Hetzner", async () => {
  const response = await fetch(`${emulator.url}/storage_boxes?page=1&per_page=50`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await response.json()).toMatchObject({
    storage_boxes: [],
    meta: { pagination: { total_entries: 0 } },
  });
});

test("resources that can't be made here are listed as none, and there is nothing to describe", async () => {
  for (const kind of [
    "certificates",
    "floating_ips",
    "isos",
    "load_balancer_types",
    "load_balancers",
    "zones",
  ]) {
    expect(await emulator.read(names(kind), "GET", `/${kind}?name=x&page=1&per_page=50`)).toEqual([]);
    expect(await emulator.errorOf("GET", `/${kind}/7`)).toBe("404 not_found");
  }
  expect(emulator.reported).toEqual([]);
});
