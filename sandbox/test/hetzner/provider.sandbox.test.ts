import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { publicKey } from "./support/emulator.ts";
import { expectSuccess, ProviderStack } from "./support/provider-stack.ts";

// The real provider against the emulator: what it sends, and whether it accepts the answers. Every test continues where
// the previous one has stopped. Refusals are in provider-refusals.campaign.test.ts.

let stack: ProviderStack;

beforeAll(async () => {
  stack = await ProviderStack.create();
});

afterAll(() => stack.remove());

test("create", async () => {
  const result = await stack.run("up", { volume: { size: 10, isProtected: false } });
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual([
    "POST /firewalls",
    "POST /primary_ips",
    "POST /servers",
    "POST /ssh_keys",
    "POST /volumes",
  ]);
  expect(result.calls).toEqual(
    expect.arrayContaining([
      "GET /server_types?name=cx23",
      "GET /images?architecture=x86&include_deprecated=true&name=debian-13",
      "GET /ssh_keys/ID",
      "GET /actions?id=ID&page=1&sort=status&sort=id",
      "GET /servers/ID",
    ]),
  );
  const { server, machine: made } = await stack.machine();
  expect(server).toMatchObject({ name: "bot", status: "running" });
  expect(made).toMatchObject({
    isRunning: true,
    order: { userData: "#cloud-config\n", sshKeys: [`${publicKey}\n`], ipv4: server?.ipv4 },
    rules: [{ direction: "in", protocol: "tcp", port: "22", addresses: ["198.51.100.0/24"] }],
  });
});

test("without changes, nothing is sent", async () => {
  const result = await stack.run("up", {}, "--expect-no-changes");
  expectSuccess(result);
  expect(result.calls).toEqual([]);
});

test("a refresh reads each resource once, and finds nothing changed", async () => {
  const result = await stack.run("refresh", {}, "--expect-no-changes");
  expectSuccess(result);
  expect(result.calls.toSorted()).toEqual([
    "GET /firewalls/ID",
    "GET /primary_ips/ID",
    "GET /servers/ID",
    "GET /ssh_keys/ID",
    "GET /volumes/ID",
  ]);
});

test("rules, labels and name change in place", async () => {
  const before = await stack.machine();
  const result = await stack.run("up", {
    sshSources: ["203.0.113.7/32"],
    labels: { role: "bot" },
    serverName: "renamed",
  });
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual([
    "POST /firewalls/ID/actions/set_rules",
    "PUT /servers/ID",
    "PUT /servers/ID",
    "PUT /volumes/ID",
  ]);
  const after = await stack.machine();
  expect(after.server).toEqual({ ...before.server, name: "renamed" });
  expect(after.machine.rules).toMatchObject([{ addresses: ["203.0.113.7/32"] }]);
});

test("a volume grows, and the server type changes in place, while the server is off, and it is on afterwards", async () => {
  const before = await stack.machine();
  const result = await stack.run("up", { serverType: "cx33", volume: { size: 20, isProtected: false } });
  expectSuccess(result);
  expect(result.changes.filter((call) => call.includes("/servers/"))).toEqual([
    "POST /servers/ID/actions/poweroff",
    "POST /servers/ID/actions/change_type",
  ]);
  expect(result.changes).toContain("POST /volumes/ID/actions/resize");
  expect(await stack.control.volumes()).toMatchObject([{ size: 20, labels: { role: "bot" } }]);
  expect((await stack.machine()).server).toEqual({ ...before.server, serverType: "cx33" });
  expect(before.machine.isRunning).toBe(true);
});

test("protection is switched on, for an address followed by an empty update", async () => {
  const result = await stack.run("up", { isProtected: true, volume: { size: 20, isProtected: true } });
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual([
    "POST /primary_ips/ID/actions/change_protection",
    "POST /volumes/ID/actions/change_protection",
    "PUT /primary_ips/ID",
  ]);
  expect(await stack.control.volumes()).toMatchObject([{ isProtected: true }]);
});

test("a replaced server has the same address, and a volume that was attached to it stays", async () => {
  const [volume] = await stack.control.volumes();
  const { server } = await stack.machine();
  await stack.emulator.call("POST", `/volumes/${volume?.id ?? 0}/actions/attach`, { server: server?.id });
  await stack.emulator.settled();
  const result = await stack.run("up", {}, "--refresh", "--replace", await stack.serverUrn());
  expectSuccess(result);
  expect(result.changes).toEqual(["DELETE /servers/ID", "POST /servers"]);
  const after = await stack.machine();
  expect(after.server?.id).not.toBe(server?.id);
  expect(after.server?.ipv4).toBe(server?.ipv4);
  expect(await stack.control.volumes()).toEqual([volume]);
});

test("a sold-out server is reported, and the next try creates it", async () => {
  await stack.control.setSoldOut([{ location: "nbg1" }]);
  const refused = await stack.run("up", {}, "--replace", await stack.serverUrn());
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("resource_unavailable");
  await stack.control.setSoldOut([]);
  const result = await stack.run("up", { volume: { size: 20, isProtected: false } });
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual(["POST /servers", "POST /volumes/ID/actions/change_protection"]);
});

test("a server that was deleted elsewhere is created again after a refresh", async () => {
  const { server } = await stack.machine();
  await stack.emulator.call("DELETE", `/servers/${server?.id ?? 0}`);
  await stack.emulator.settled();
  const refreshed = await stack.run("refresh");
  expectSuccess(refreshed);
  // The Go client treats an id that it didn't find as a name.
  expect(refreshed.calls).toEqual(expect.arrayContaining(["GET /servers/ID", "GET /servers?name=ID"]));
  const result = await stack.run("up");
  expectSuccess(result);
  expect(result.changes).toEqual(["POST /servers"]);
});

test("`destroy` can't delete a protected address, which stays when everything else is deleted", async () => {
  const result = await stack.run("destroy");
  expect(result.code).not.toBe(0);
  expect(result.output).toContain("protected");
  expect(await stack.control.servers()).toEqual([]);
  expect(await stack.control.primaryIps()).toMatchObject([{ isProtected: true, assigneeId: null }]);
});

test("destroy leaves nothing", async () => {
  expectSuccess(await stack.run("up", { isProtected: false }));
  const result = await stack.run("destroy");
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual([
    "DELETE /firewalls/ID",
    "DELETE /primary_ips/ID",
    "DELETE /servers/ID",
    "DELETE /ssh_keys/ID",
    "DELETE /volumes/ID",
  ]);
  expect(await stack.control.volumes()).toEqual([]);
  expect(await stack.control.servers()).toEqual([]);
  expect(await stack.control.primaryIps()).toEqual([]);
  expect(stack.emulator.dataCentre.machines.size).toBe(0);
});

test("all answers to the provider were as Hetzner documents them", () => {
  expect(stack.emulator.violations).toEqual([]);
  expect(stack.emulator.reported).toEqual([]);
});
