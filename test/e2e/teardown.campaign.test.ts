import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../binance/key-pair.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey } from "./binance.ts";
import { canaryPair } from "./canary.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Stack } from "./stack.ts";

// The end of a stack, and its move. Every test starts where the previous one ended.

const command = "npm run teardown";
const everythingDeleted = "Everything is deleted";

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.ready("teardown");
});

afterEach(async () => {
  await hetzner.clearFaults();
});

afterAll(async () => {
  await stack.remove();
});

/** The names of everything that Hetzner has, by kind. */
async function atHetzner() {
  const kinds = ["servers", "primary_ips", "firewalls", "ssh_keys"] as const;
  const names = z.array(z.object({ name: z.string() }).transform(({ name }) => name));
  const lists = kinds.map(async (kind) => {
    const reply = await call("GET", `/${kind}`);
    return [kind, z.looseObject({ [kind]: names }).parse(await reply.json())[kind]];
  });
  return z.record(z.enum(kinds), z.array(z.string())).parse(Object.fromEntries(await Promise.all(lists)));
}

const nothing = { servers: [], primary_ips: [], firewalls: [], ssh_keys: [] };

/** As a person does in Hetzner's Console. */
function call(method: string, path: string): Promise<Response> {
  return fetch(`https://api.hetzner.cloud/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` },
  });
}

async function deleteServerInConsole(): Promise<void> {
  const { id } = await onlyServer();
  await until(async () => (await call("DELETE", `/servers/${id}`)).status === 200);
  await until(async () => (await hetzner.servers()).length === 0);
}

async function refuse(method: string, path: string): Promise<void> {
  const effect = {
    kind: "error",
    status: 422,
    code: "invalid_input",
    message: "refused by the test",
  } as const;
  await hetzner.inject({ method, path, times: 100, effect });
}

async function onlyAddress() {
  const [address, ...others] = await hetzner.primaryIps();
  expect(others).toEqual([]);
  return address;
}

/** By Hetzner, and in Pulumi's state. */
async function expectProtected(ip: string): Promise<void> {
  expect(await onlyAddress()).toMatchObject({ ip, isProtected: true });
  const { stdout } = await stack.pulumi(["stack", "export", "--stack", stack.name]);
  expect(stdout).toMatch(/"type": "hcloud:index\/primaryIp:PrimaryIp"/);
  expect(stdout).toMatch(/"protect": true/);
}

describe("`pulumi destroy`", () => {
  let address: string;

  beforeAll(async () => {
    await stack.mustUp();
    address = await stack.output("ipToWhitelist");
  });

  async function expectRefused(...flags: string[]): Promise<void> {
    const before = await atHetzner();
    const { result, requests } = await hetzner.during(() => stack.destroy(...flags));
    expect(result.code).not.toBe(0);
    expect(result.stdout + result.stderr).toContain(command);
    expect(requests.filter(({ method }) => method !== "GET")).toEqual([]);
    expect(await atHetzner()).toEqual(before);
  }

  test("changes nothing, and names the command that deletes everything", async () => {
    await expectRefused();
    await expectRefused("--run-program");
  });

  test("changes nothing either if Pulumi's own protection was lifted", async () => {
    await stack.pulumi(["state", "unprotect", "--all", "--yes", "--stack", stack.name]);
    await expectRefused();
    await stack.pulumi(["state", "unprotect", "--all", "--yes", "--stack", stack.name]);
    await expectRefused("--run-program");
    expect(await onlyAddress()).toMatchObject({ ip: address, isProtected: true });
  });
});

describe("`npm run teardown -- --keep-address`", () => {
  let address: string;

  beforeAll(async () => {
    address = await stack.output("ipToWhitelist");
  });

  test("changes nothing without a terminal and without --yes", async () => {
    const { result, requests } = await hetzner.during(() => stack.script("teardown", ["--keep-address"]));
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("--yes");
    expect(requests).toEqual([]);
  });

  test("protects the address again, which had lost Pulumi's protection, and keeps it", async () => {
    const { code, stdout, stderr } = await stack.script("teardown", ["--keep-address", "--yes"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`The address ${address} stays yours`);
    expect(await atHetzner()).toMatchObject({ ...nothing, primary_ips: ["trading-bot-teardown"] });
    await expectProtected(address);
  });

  test("can be repeated", async () => {
    const { code } = await stack.script("teardown", ["--keep-address", "--yes"]);
    expect(code).toBe(0);
    await expectProtected(address);
  });

  test("the next `pulumi up` makes a server at the same address", async () => {
    await stack.mustUp();
    expect(await onlyServer()).toMatchObject({ ipv4: address });
    expect(await stack.output("ipToWhitelist")).toBe(address);
  });
});

describe("`npm run teardown`", () => {
  let address: string;

  beforeAll(async () => {
    address = await stack.output("ipToWhitelist");
  });

  test("that can't delete the server leaves the address protected", async () => {
    await refuse("DELETE", "^/servers/");
    const { code, stderr } = await stack.script("teardown", ["--yes"]);
    expect(code).toBe(1);
    expect(stderr).toContain("Not everything was deleted");
    await expectProtected(address);
  });

  test("that can't delete the address protects it again", async () => {
    // Not the DELETE itself, which the provider repeats for minutes.
    await refuse("GET", "^/primary_ips/[0-9]+$");
    const { code, stderr } = await stack.script("teardown", ["--yes"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`The address ${address} is still there. It is protected again.`);
    expect(await atHetzner()).toMatchObject({ ...nothing, primary_ips: ["trading-bot-teardown"] });
    await expectProtected(address);
  });

  test("deletes what is left when it is run again, although the setting location was changed", async () => {
    await stack.set("location", "hel1");
    const { code, stdout } = await stack.script("teardown", ["--yes"]);
    expect(code).toBe(0);
    expect(stdout).toContain(everythingDeleted);
    expect(await atHetzner()).toEqual(nothing);
    await stack.unset("location");
  });

  test("says that nothing is left", async () => {
    const { result, requests } = await hetzner.during(() => stack.script("teardown", ["--yes"]));
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("Nothing is left to delete") });
    expect(requests).toEqual([]);
  });
});

describe("`npm run teardown` of a stack that is not as it should be", () => {
  test("after a first `pulumi up` that Hetzner refused", async () => {
    await refuse("POST", "^/servers$");
    expect((await stack.up()).code).not.toBe(0);
    await hetzner.clearFaults();
    expect((await stack.script("teardown", ["--yes"])).code).toBe(0);
    expect(await atHetzner()).toEqual(nothing);
  });

  test("whose address Binance's firewall blocks: the message names this command, and the next address works", async () => {
    await stack.mustUp();
    const blocked = await stack.output("ipToWhitelist");
    const pair = await createKey("bot", [blocked]);
    await binance.changeAccess(blocked, { kind: "block" });
    await stack.unset("verification");
    await stack.setKeyPair(pair);
    expect((await stack.up()).stdout).toContain("get another address: `npm run teardown`");

    expect((await stack.script("teardown", ["--yes"])).code).toBe(0);
    // The address is known and the server is ready, but the key doesn't allow the address yet.
    expect((await stack.up()).stdout).toContain("isn't in the key's whitelist");
    const next = z.ipv4().parse((await onlyServer()).ipv4);
    expect(next).not.toBe(blocked);
    await binance.editKey(pair.apiKey, { whitelist: [next] });
    await stack.mustUp();
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(pair));
    await stack.set("verification", "off");
    await stack.unset("binance:apiKey");
    await stack.unset("binance:apiSecret");
  });

  test("whose server was deleted in Hetzner's Console", async () => {
    await stack.mustUp();
    await deleteServerInConsole();
    expect((await stack.script("teardown", ["--yes"])).code).toBe(0);
    expect(await atHetzner()).toEqual(nothing);
  });

  test("is refused because of a server that a killed `pulumi up` could not record, until it is deleted", async () => {
    await hetzner.setActionDuration(5_000);
    const up = stack.up();
    await until(async () => (await hetzner.servers()).length > 0);
    await stack.kill();
    await up;
    await hetzner.setActionDuration(300);
    await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);

    const { code, stderr } = await stack.script("teardown", ["--yes"]);
    const { id } = await onlyServer();
    expect(code).toBe(2);
    expect(stderr).toContain(`a server trading-bot-teardown (${id}) that the stack doesn't know`);
    await deleteServerInConsole();
    expect((await stack.script("teardown", ["--yes"])).code).toBe(0);
    expect(await atHetzner()).toEqual(nothing);
  });
});

describe("`npm run move`", () => {
  test("makes a stack that has nothing yet at that location", async () => {
    expect((await stack.script("move", ["nbg1", "--yes"])).code).toBe(0);
    expect(await onlyServer()).toMatchObject({ location: "nbg1" });
  });

  test("does nothing if the stack is there already", async () => {
    const { result, requests } = await hetzner.during(() => stack.script("move", ["nbg1", "--yes"]));
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining("is in nbg1 already") });
    expect(requests).toEqual([]);
  });

  test("changes nothing if the server can't be ordered there, or Binance refuses customers there", async () => {
    const before = await atHetzner();
    await hetzner.setSoldOut([{ location: "hel1" }]);
    const soldOut = await stack.script("move", ["hel1", "--yes"]);
    await hetzner.setSoldOut([]);
    expect([soldOut.code, (await stack.script("move", ["ash", "--yes"])).code]).toEqual([2, 2]);
    expect(soldOut.stderr).toContain("Nothing was changed");
    expect(await atHetzner()).toEqual(before);
    await stack.mustUp();
  });

  test("moves address and server, also if the setting was changed before", async () => {
    const old = await stack.output("ipToWhitelist");
    await stack.set("location", "fsn1");
    const refused = await stack.up();
    expect(refused.stdout).toContain("npm run move -- fsn1");
    expect((await stack.script("move", ["fsn1", "--yes"])).code).toBe(0);
    expect(await onlyServer()).toMatchObject({ location: "fsn1" });
    expect(await stack.output("ipToWhitelist")).not.toBe(old);
    expect(await onlyAddress()).toMatchObject({ location: "fsn1", isProtected: true });
  });

  test("is refused once a key is in the settings, or live on the server", async () => {
    await stack.setKeyPair(canaryPair());
    const set = await stack.script("move", ["nbg1", "--yes"]);
    await stack.mustUp();
    const live = await stack.script("move", ["nbg1", "--yes"]);
    await stack.unset("binance:apiKey");
    await stack.unset("binance:apiSecret");
    const stillLive = await stack.script("move", ["nbg1", "--yes"]);
    expect([set.code, live.code, stillLive.code]).toEqual([2, 2, 2]);
    expect(set.stderr).toContain("binance:apiKey is set");
    expect(live.stderr).toContain("is live");
    expect(stillLive.stderr).toContain("is live");
    expect(await onlyServer()).toMatchObject({ location: "fsn1" });
  });
});
