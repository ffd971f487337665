import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { HetznerControl } from "../../hetzner/control.ts";
import { type Emulator, launchEmulator, publicKey, token } from "./support/emulator.ts";
import { type Outcome, Pulumi } from "./support/pulumi.ts";

// The real provider against the emulator: what it sends, and whether it accepts the answers. Every test continues where
// the previous one has stopped.

const wanted = {
  publicKey: `${publicKey}\n`,
  location: "nbg1",
  serverType: "cx23",
  serverName: "bot",
  sshSources: ["198.51.100.0/24"],
  labels: {},
  isProtected: false,
};

let folder = "";
let emulator: Emulator;
let control: HetznerControl;
let pulumi: Pulumi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hetzner-"));
  emulator = await launchEmulator();
  await emulator.control.listen({ path: join(folder, "sock") });
  control = new HetznerControl(join(folder, "sock"));
  pulumi = await Pulumi.create(fileURLToPath(new URL("program", import.meta.url)), emulator.url, token);
});

afterAll(async () => {
  await pulumi.remove();
  await emulator.stop();
  await rm(folder, { recursive: true });
});

/** Runs the CLI. @returns its outcome, all calls with "ID" for every id, and the calls that change something. */
async function run(verb: string, change: Partial<typeof wanted> = {}, ...flags: string[]) {
  Object.assign(wanted, change);
  const { result, requests } = await control.during(() =>
    pulumi.run([verb, "--yes", "--skip-preview", ...flags], { WANTED: JSON.stringify(wanted) }),
  );
  const calls = requests.map(({ method, path }) => `${method} ${path.replace(/\d{7,}/g, "ID")}`);
  return { ...result, calls, changes: calls.filter((call) => !call.startsWith("GET ")) };
}

function expectSuccess({ code, output }: Outcome): void {
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
}

async function machine() {
  const [server] = await control.servers();
  return { server, machine: emulator.dataCentre.machine(server?.id ?? 0) };
}

/** The engine's name for the server. */
async function serverUrn(): Promise<string> {
  return /urn:\S+::server$/m.exec(await pulumi.must("stack", "--show-urns"))?.[0] ?? "";
}

test("create", async () => {
  const result = await run("up");
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual([
    "POST /firewalls",
    "POST /primary_ips",
    "POST /servers",
    "POST /ssh_keys",
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
  const { server, machine: made } = await machine();
  expect(server).toMatchObject({ name: "bot", status: "running" });
  expect(made).toMatchObject({
    isRunning: true,
    order: { userData: "#cloud-config\n", sshKeys: [`${publicKey}\n`], ipv4: server?.ipv4 },
    rules: [{ direction: "in", protocol: "tcp", port: "22", addresses: ["198.51.100.0/24"] }],
  });
});

test("without changes, nothing is sent", async () => {
  const result = await run("up", {}, "--expect-no-changes");
  expectSuccess(result);
  expect(result.calls).toEqual([]);
});

test("a refresh reads each resource once, and finds nothing changed", async () => {
  const result = await run("refresh", {}, "--expect-no-changes");
  expectSuccess(result);
  expect(result.calls.toSorted()).toEqual([
    "GET /firewalls/ID",
    "GET /primary_ips/ID",
    "GET /servers/ID",
    "GET /ssh_keys/ID",
  ]);
});

test("rules, labels and name change in place", async () => {
  const before = await machine();
  const result = await run("up", {
    sshSources: ["203.0.113.7/32"],
    labels: { role: "bot" },
    serverName: "renamed",
  });
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual([
    "POST /firewalls/ID/actions/set_rules",
    "PUT /servers/ID",
    "PUT /servers/ID",
  ]);
  const after = await machine();
  expect(after.server).toEqual({ ...before.server, name: "renamed" });
  expect(after.machine.rules).toMatchObject([{ addresses: ["203.0.113.7/32"] }]);
});

test("the server type changes in place, while the server is off, and it is on afterwards", async () => {
  const before = await machine();
  const result = await run("up", { serverType: "cx33" });
  expectSuccess(result);
  expect(result.changes).toEqual([
    "POST /servers/ID/actions/poweroff",
    "POST /servers/ID/actions/change_type",
  ]);
  expect((await machine()).server).toEqual(before.server);
  expect(before.machine.isRunning).toBe(true);
});

test("protection is switched on, followed by an empty update", async () => {
  const result = await run("up", { isProtected: true });
  expectSuccess(result);
  expect(result.changes).toEqual(["POST /primary_ips/ID/actions/change_protection", "PUT /primary_ips/ID"]);
});

test("a replaced server has the same address", async () => {
  const before = await machine();
  const result = await run("up", {}, "--replace", await serverUrn());
  expectSuccess(result);
  expect(result.changes).toEqual(["DELETE /servers/ID", "POST /servers"]);
  const after = await machine();
  expect(after.server?.id).not.toBe(before.server?.id);
  expect(after.server?.ipv4).toBe(before.server?.ipv4);
});

test("a sold-out server is reported, and the next try creates it", async () => {
  await control.setSoldOut([{ location: "nbg1" }]);
  const refused = await run("up", {}, "--replace", await serverUrn());
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("resource_unavailable");
  await control.setSoldOut([]);
  const result = await run("up");
  expectSuccess(result);
  expect(result.changes).toEqual(["POST /servers"]);
});

test("a server that was deleted elsewhere is created again after a refresh", async () => {
  const { server } = await machine();
  await emulator.call("DELETE", `/servers/${server?.id ?? 0}`);
  await emulator.settled();
  const refreshed = await run("refresh");
  expectSuccess(refreshed);
  // The Go client treats an id that it didn't find as a name.
  expect(refreshed.calls).toEqual(expect.arrayContaining(["GET /servers/ID", "GET /servers?name=ID"]));
  const result = await run("up");
  expectSuccess(result);
  expect(result.changes).toEqual(["POST /servers"]);
});

test("`destroy` can't delete a protected address, which stays when everything else is deleted", async () => {
  const result = await run("destroy");
  expect(result.code).not.toBe(0);
  expect(result.output).toContain("protected");
  expect(await control.servers()).toEqual([]);
  expect(await control.primaryIps()).toMatchObject([{ isProtected: true, assigneeId: null }]);
});

test("destroy leaves nothing", async () => {
  expectSuccess(await run("up", { isProtected: false }));
  const result = await run("destroy");
  expectSuccess(result);
  expect(result.changes.toSorted()).toEqual([
    "DELETE /firewalls/ID",
    "DELETE /primary_ips/ID",
    "DELETE /servers/ID",
    "DELETE /ssh_keys/ID",
  ]);
  expect(await control.servers()).toEqual([]);
  expect(await control.primaryIps()).toEqual([]);
  expect(emulator.dataCentre.machines.size).toBe(0);
});

test("all answers to the provider were as Hetzner documents them", () => {
  expect(emulator.violations).toEqual([]);
  expect(emulator.reported).toEqual([]);
});
