import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// Only the volume or only the standby address is released. Every test starts where the previous one ended.

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.ready("release");
  await stack.set("stateVolume", "10");
  await stack.set("standby", "hel1");
});

afterEach(async () => {
  await hetzner.clearFaults();
});

afterAll(async () => {
  await hetzner.reset();
  await stack.remove();
});

async function release(what: string) {
  const { code, stdout, stderr } = await stack.script("teardown", [what, "--yes"]);
  return [code, stdout + stderr];
}

test("after a first order that Hetzner refused, the volume can be released, and the address stays", async () => {
  const effect = {
    kind: "error",
    status: 403,
    code: "resource_limit_exceeded",
    message: "server limit exceeded",
  } as const;
  await hetzner.inject({ method: "POST", path: "^/servers$", times: 100, effect });
  expect((await stack.up()).code).not.toBe(0);
  await hetzner.clearFaults();
  expect(await hetzner.volumes()).toHaveLength(1);
  expect(await release("--release-volume")).toEqual([
    0,
    expect.stringContaining("nobody can see what is on it"),
  ]);
  expect([await hetzner.volumes(), await hetzner.servers()]).toEqual([[], []]);
  expect(await hetzner.primaryIps()).toHaveLength(2);
});

test("the next `pulumi up` orders no volume, and with the setting it does", async () => {
  await stack.mustUp();
  expect(await hetzner.volumes()).toEqual([]);
  expect(await stack.output("monthlyCost")).not.toContain("a volume");
  await stack.set("stateVolume", "10");
  await stack.mustUp();
  const server = new Server((await onlyServer()).id);
  expect(await hetzner.volumes()).toHaveLength(1);
  expect(JSON.parse(await server.run("state-volume status"))).toMatchObject({ place: "volume" });
});

test("a volume with the bot's state on it is not released", async () => {
  expect(await release("--release-volume")).toEqual([
    2,
    expect.stringContaining("The bot's state is on the volume"),
  ]);
  expect(await hetzner.volumes()).toHaveLength(1);
});

test("a volume that the state has left is released while the server runs, and `pulumi up` has nothing to do", async () => {
  await stack.set("stateVolume", "none");
  await stack.mustUp();
  const before = await onlyServer();
  expect(await release("--release-volume")).toEqual([0, expect.stringContaining("is deleted")]);
  expect(await hetzner.volumes()).toEqual([]);
  expect(await onlyServer()).toMatchObject({ id: before.id, status: "running" });
  expect(await stack.output("monthlyCost")).not.toContain("a volume");
  expect(changes(await stack.mustUp())).toEqual({});
  await stack.unset("stateVolume");
  await stack.mustUp();
  expect(await hetzner.volumes()).toEqual([]);
});

test("the standby address is released, and `pulumi up` has nothing to do", async () => {
  const standby = await stack.output("standbyIp");
  await stack.unset("standby");
  const refused = await stack.up();
  expect([refused.code === 0, refused.stdout + refused.stderr]).toEqual([
    false,
    expect.stringContaining("protect"),
  ]);
  expect(await release("--release-standby")).toEqual([0, expect.stringContaining(`address ${standby}`)]);
  expect((await hetzner.primaryIps()).map(({ ip }) => ip)).toEqual([await stack.output("ipToWhitelist")]);
  expect([await stack.output("standbyIp"), changes(await stack.mustUp())]).toEqual(["none", {}]);
});
