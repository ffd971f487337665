import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { changes, Stack } from "./stack.ts";

// What `npm run recover` adds to the state. Every test starts where the previous one ended.

let stack: Stack;
let address: string;

beforeAll(async () => {
  stack = await Stack.ready("recover");
  await hetzner.clearRequests();
});

afterEach(async () => {
  await hetzner.clearFaults();
});

afterAll(async () => {
  await stack.remove();
});

interface Moment {
  method: string;
  path: string;
  /** Orders that must not get through: Pulumi makes several resources at once. */
  hanging?: string[];
}

/** Kills `pulumi up` when Hetzner has made something, and the provider still waits for an answer about it. */
async function killUpAt({ method, path, hanging = [] }: Moment): Promise<void> {
  for (const order of hanging) {
    await hetzner.inject({ method: "POST", path: order, times: 100, effect: { kind: "hang" } });
  }
  await hetzner.inject({ method, path, times: 100, effect: { kind: "hold" } });
  const isAt = (request: { method: string; path: string; status: number | null }) =>
    request.method === method && request.status === null && new RegExp(path).test(request.path);
  let isOver = false;
  const up = stack.up().finally(() => {
    isOver = true;
  });
  await until(
    async () => (await hetzner.requests()).some(isAt),
    () => (isOver ? `pulumi up has ended before ${method} ${path}` : undefined),
  );
  await stack.kill();
  expect((await up).code).not.toBe(0);
  await hetzner.clearFaults();
  expect(await stack.script("recover", ["--yes"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("pulumi cancel"),
  });
  await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
}

/** How often something was ordered. */
async function orders() {
  const lists = ["servers", "primary_ips", "firewalls", "ssh_keys"];
  const requests = await hetzner.requests();
  return Object.fromEntries(
    lists.map((list) => [
      list,
      requests.filter(
        ({ method, path, status }) => method === "POST" && path === `/${list}` && status === 201,
      ).length,
    ]),
  );
}

async function loseState(): Promise<void> {
  const empty = join(foldersOfThisRun().dir, "tmp", "empty-state.json");
  await writeFile(empty, '{"version":3,"deployment":{}}');
  expect(await stack.pulumi(["stack", "import", "--stack", stack.name, "--file", empty])).toMatchObject({
    code: 0,
  });
}

describe("a `pulumi up` that is killed during an order", () => {
  test.each<Moment & { what: string }>([
    {
      what: "firewall",
      method: "GET",
      path: String.raw`^/firewalls/\d+$`,
      hanging: ["^/primary_ips$", "^/ssh_keys$"],
    },
    {
      what: "Primary IP",
      method: "POST",
      path: String.raw`^/primary_ips/\d+/actions/change_protection$`,
      hanging: ["^/ssh_keys$"],
    },
  ])("of the $what: `npm run recover` adds it to the state", async ({ what, ...moment }) => {
    await killUpAt(moment);
    const { code, stdout } = await stack.script("recover", ["--yes"]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^${what} .* adds it`, "m"))]);
  });

  test("of the server: the next `pulumi up` says what to run", async () => {
    await killUpAt({ method: "GET", path: "^/actions" });
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("server name is already used (uniqueness_error, ");
    expect(stdout).toContain("npm run recover");
  });

  test("and that is asked first", async () => {
    const { code, stderr } = await stack.script("recover", []);
    expect([code, stderr]).toEqual([2, expect.stringContaining("Nothing was done")]);
  });

  test("after it, `pulumi up` goes on with the same server, and nothing is ordered twice", async () => {
    const { code, stdout } = await stack.script("recover", ["--yes"]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Next, run: pulumi up")]);
    const { id } = await onlyServer();
    expect(changes(await stack.mustUp())).not.toHaveProperty("server");
    expect((await onlyServer()).id).toBe(id);
    expect(await orders()).toEqual({ servers: 1, primary_ips: 1, firewalls: 1, ssh_keys: 1 });
    expect(changes(await stack.mustUp())).toEqual({});
    address = await stack.output("ipToWhitelist");
  });

  test("and then nothing is to be recovered", async () => {
    const { code, stdout } = await stack.script("recover", []);
    expect([code, stdout]).toEqual([0, expect.stringContaining("Nothing is to be recovered.")]);
  });
});

describe("a lost state", () => {
  test("`pulumi up` orders nothing, and says what to run", async () => {
    await loseState();
    const { code, stdout } = await stack.up();
    expect(code).not.toBe(0);
    expect(stdout).toContain("npm run recover");
    await onlyServer();
  });

  test("the server's disk isn't erased without --rebuild-server, and the state isn't changed", async () => {
    const before = await stack.resourceIds();
    for (const args of [["--yes"], ["--yes", "--rebuild-server"]]) {
      const { code, stdout } = await stack.script("recover", args);
      expect(code).toBe(1);
      expect(stdout).toContain("THE SERVER'S DISK IS ERASED");
      // Nobody has their own login key on this server.
      expect(stdout).toContain("npm run recover -- --rebuild-server --without-state --stack recover");
    }
    expect((await onlyServer()).status).toBe("running");
    expect(await stack.resourceIds()).toEqual(before);
  });

  test("the same server gets a fresh system with new keys, and `pulumi up` installs everything on it", async () => {
    const before = await onlyServer();
    const recovered = await stack.script("recover", ["--yes", "--rebuild-server", "--without-state"]);
    expect(recovered).toEqual({ code: 0, stdout: expect.any(String), stderr: expect.any(String) });
    expect(recovered.stdout).toContain("Next, run: pulumi up");
    expect(changes(await stack.mustUp())).not.toHaveProperty("server", "replace");
    expect(await onlyServer()).toMatchObject({ id: before.id, ipv4: address, status: "running" });
    expect(await stack.output("ipToWhitelist")).toBe(address);
    expect(await hetzner.primaryIps()).toMatchObject([{ ip: address, isProtected: true }]);
    expect(changes(await stack.mustUp())).toEqual({});
  });
});

test("a server of whose order only Hetzner knows is added by the state's keys, and isn't ordered twice", async () => {
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  expect(await stack.script("teardown", ["--yes", "--keep-address"])).toMatchObject({ code: 0 });
  await hetzner.clearRequests();
  // Before the order, an order that is invalid on purpose is sent, and then prices are read.
  await hetzner.inject({ method: "GET", path: "^/pricing", times: 10, effect: { kind: "hold" } });
  const up = stack.up();
  const isInvalidOrder = (request: { method: string; path: string; status: number | null }) =>
    request.method === "POST" && request.path === "/servers" && request.status !== null;
  await until(async () => (await hetzner.requests()).some(isInvalidOrder));
  await hetzner.clearFaults();
  await hetzner.inject({ method: "POST", path: "^/servers$", effect: { kind: "lose-answer" } });
  expect((await up).code).not.toBe(0);
  const { id } = await onlyServer();
  await stack.pulumi(["refresh", "--yes", "--clear-pending-creates", "--stack", stack.name]);
  const recovered = await stack.script("recover", ["--yes"]);
  expect(recovered).toMatchObject({ code: 0, stdout: expect.stringMatching(/^server .* no +adds it/m) });
  await stack.mustUp();
  expect(await onlyServer()).toMatchObject({ id, ipv4: address, status: "running" });
  expect(changes(await stack.mustUp())).toEqual({});
});

describe("what another stack has", () => {
  test("is never taken, even if it has the same name at Hetzner", async () => {
    const other = await Stack.ready("recover_");
    const { code, stderr } = await other.script("recover", ["--yes"]);
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining("belongs to the stack recover of the project"),
    ]);
    await other.pulumi(["stack", "rm", "--yes", "--stack", "recover_"]);
  });
});
