import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { expectSuccess, ProviderStack } from "./support/provider-stack.ts";

// What the real provider makes of Hetzner's refusals: which calls it has sent until then, what its message looks like, and
// in which state it leaves the server. Every test continues where the previous one has stopped.

let stack: ProviderStack;

beforeAll(async () => {
  stack = await ProviderStack.create();
});

afterEach(() => stack.control.reset());

afterAll(() => stack.remove());

/** A message with its code and the correlation id of the answer. */
function refusal(text: string, code: string): RegExp {
  return new RegExp(`${text} \\(${code}, [0-9a-f]{32}\\)`);
}

/** Runs a command that Hetzner refuses. @returns what it printed, and the calls that change something */
async function refused(...args: Parameters<ProviderStack["run"]>) {
  const { code, output, changes } = await stack.run(...args);
  expect({ code: code === 0 ? 0 : "an error", output }).toMatchObject({ code: "an error" });
  return { output, changes };
}

/** Turns the server on, as its owner does in the console. */
async function turnOn(): Promise<void> {
  const { server } = await stack.machine();
  await stack.emulator.call("POST", `/servers/${server?.id ?? 0}/actions/poweron`);
  await stack.emulator.settled();
}

test("a read-only token is refused at the first order, and nothing is made", async () => {
  await stack.control.change({ tokens: { "project-1": "read-only" } });
  const { output } = await refused("up");
  expect(output).toMatch(refusal("The token is only allowed to perform GET requests.", "token_readonly"));
  expect(await stack.control.primaryIps()).toEqual([]);
});

test("a limit for addresses is refused in its own words", async () => {
  await stack.control.change({ limits: { servers: 5, primaryIps: 0 } });
  const { output } = await refused("up");
  expect(output).toMatch(refusal("Primary IP limit exceeded", "resource_limit_exceeded"));
  expect(await stack.control.servers()).toEqual([]);
});

test("a limit for servers is refused when the address is made already", async () => {
  await stack.control.change({ limits: { servers: 0, primaryIps: null } });
  const { output } = await refused("up");
  expect(output).toMatch(refusal("server limit exceeded", "resource_limit_exceeded"));
  expect(await stack.control.primaryIps()).toHaveLength(1);
});

test("a closed location is refused in its own words", async () => {
  await stack.control.setSoldOut([{ location: "nbg1" }]);
  const { output } = await refused("up");
  expect(output).toMatch(refusal("server location disabled", "resource_unavailable"));
});

test("a type that has left the location is refused by the provider, before an order", async () => {
  const past = { announced: "2026-01-01T00:00:00Z", unavailableAfter: "2026-02-01T00:00:00Z" };
  await stack.control.change({ deprecations: [{ serverType: "cx23", location: "nbg1", ...past }] });
  const { output, changes } = await refused("up");
  expect(output).toMatch(/Server Type "cx23" is unavailable in "nbg1" and can no longer be ordered/);
  expect(changes).toEqual([]);
});

test("an image that has ended is refused by the provider, before an order", async () => {
  const past = { announced: "2026-01-01T00:00:00Z", unavailableAfter: "2026-02-01T00:00:00Z" };
  await stack.control.change({ deprecations: [{ image: "debian-13", ...past }] });
  const { output, changes } = await refused("up");
  expect(output).toMatch(/image debian-13 for architecture x86 not found/);
  expect(changes).toEqual([]);
});

test("an announced end doesn't prevent an order", async () => {
  const future = { announced: "2026-11-01T00:00:00Z", unavailableAfter: "2099-01-01T00:00:00Z" };
  await stack.control.change({
    deprecations: [
      { serverType: "cx23", ...future },
      { image: "debian-13", ...future },
    ],
  });
  expectSuccess(await stack.run("up"));
});

test.each([
  ["that is sold out", "cx33", "error during placement", "resource_unavailable"],
  [
    "that doesn't fit",
    "cax11",
    "The server type does not fit for the given server or is deprecated",
    "invalid_server_type",
  ],
])("a change to a type %s is refused, and leaves the server off", async (_what, serverType, text, code) => {
  await stack.control.setSoldOut([{ location: "nbg1", serverType: "cx33", listed: true }]);
  const { output, changes } = await refused("up", { serverType });
  expect(output).toMatch(refusal(text, code));
  expect(changes).toEqual(["POST /servers/ID/actions/poweroff", "POST /servers/ID/actions/change_type"]);
  expect((await stack.machine()).server).toMatchObject({ status: "off", serverType: "cx23" });
  await turnOn();
});

test("a locked server is refused at once, and stays on", async () => {
  const { server } = await stack.machine();
  await stack.control.change({ lockedServers: [server?.id ?? 0] });
  const { output, changes } = await refused("up", { serverType: "cx33" });
  expect(output).toMatch(refusal("cannot perform operation because server is locked", "locked"));
  expect(changes).toEqual(["POST /servers/ID/actions/poweroff"]);
  expect((await stack.machine()).server?.status).toBe("running");
});

test("a change of type that fails after its work leaves the new type; the next `up` doesn't know it", async () => {
  await stack.control.failAction({ command: "change_server_type", isWorkDone: true });
  const { output } = await refused("up", { serverType: "cx33" });
  expect(output).toContain("Action failed (action_failed");
  expect((await stack.machine()).server).toMatchObject({ serverType: "cx33" });
  const again = await refused("up");
  expect(again.output).toContain("invalid_server_type");
  expectSuccess(await stack.run("refresh"));
  await turnOn();
});

test("a change of type whose answer is lost takes effect, and the next `up` leaves the server off", async () => {
  const path = "^/servers/\\d+/actions/change_type$";
  await stack.control.inject({ method: "POST", path, effect: { kind: "lose-answer" } });
  await refused("up", { serverType: "cx43" });
  await stack.emulator.settled();
  expect((await stack.machine()).server).toMatchObject({ status: "running", serverType: "cx43" });
  const { output } = await refused("up");
  expect(output).toContain("invalid_server_type");
  expect((await stack.machine()).server?.status).toBe("off");
  expectSuccess(await stack.run("refresh"));
  await turnOn();
});

test("a change to a type with a smaller disk is refused", async () => {
  const { output } = await refused("up", { serverType: "cx23" });
  expect(output).toContain("invalid_server_type");
  await turnOn();
});

test("a server that stays off after a change of type isn't turned on by the provider", async () => {
  await stack.control.change({ afterChangeType: "off" });
  expectSuccess(await stack.run("up", { serverType: "cx53" }));
  expect((await stack.machine()).server).toMatchObject({ status: "off", serverType: "cx53" });
  await turnOn();
});

test("an update during another change is tried again", async () => {
  await stack.control.inject({
    method: "PUT",
    path: "^/servers/",
    effect: { kind: "error", status: 409, code: "conflict", message: "please retry" },
  });
  const { code, changes } = await stack.run("up", { labels: { role: "bot" } });
  expect(code).toBe(0);
  expect(changes).toEqual(["PUT /servers/ID", "PUT /servers/ID"]);
});

test("a replacement is refused while its address is still the deleted server's, and the next `up` creates it", async () => {
  await stack.control.change({ addressesComeFree: false });
  const { output, changes } = await refused("up", {}, "--replace", await stack.serverUrn());
  expect(output).toMatch(/\(primary_ip_assigned, /);
  expect(changes).toEqual(["DELETE /servers/ID", "POST /servers"]);
  await stack.control.change({ addressesComeFree: true });
  expectSuccess(await stack.run("up"));
});

test("a server that vanished is created again after a refresh", async () => {
  const { server } = await stack.machine();
  await stack.control.vanish(server?.id ?? 0);
  expectSuccess(await stack.run("refresh"));
  expect((await stack.run("up")).changes).toEqual(["POST /servers"]);
});

test("a protected server is refused when it is deleted, and stays on, until the protection is lifted", async () => {
  const protectedBy = await stack.run("up", { isServerProtected: true });
  expectSuccess(protectedBy);
  expect(protectedBy.changes).toEqual(["POST /servers/ID/actions/change_protection"]);
  const { output, changes } = await refused("up", {}, "--replace", await stack.serverUrn());
  expect(output).toMatch(refusal("server is protected", "protected"));
  expect(changes).toEqual(["DELETE /servers/ID"]);
  expect((await stack.machine()).server?.status).toBe("running");
  expectSuccess(await stack.run("up", { isServerProtected: false }));
});

test("a protected address is refused when it is deleted, once its server is gone", async () => {
  expectSuccess(await stack.run("up", { isProtected: true }));
  const { output, changes } = await refused("destroy");
  expect(output).toMatch(refusal("primary_ip is protected", "protected"));
  expect(changes).toContain("DELETE /servers/ID");
  expect(await stack.control.primaryIps()).toMatchObject([{ isProtected: true, assigneeId: null }]);
});

test("a token that is revoked is refused everywhere", async () => {
  await stack.control.change({ tokens: { "project-1": "revoked" } });
  expect((await refused("refresh")).output).toMatch(refusal("unable to authenticate", "unauthorized"));
});

test("all answers to the provider were as Hetzner documents them", () => {
  expect(stack.emulator.violations).toEqual([]);
  expect(stack.emulator.reported).toEqual([]);
});
