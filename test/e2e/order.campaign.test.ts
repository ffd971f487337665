import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { ConditionsChange } from "../../sandbox/hetzner/control.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { changes, type Run, Stack } from "./stack.ts";

// The first `pulumi up` of a stack, in order: every test starts where the previous one ended.

let stack: Stack;

beforeAll(async () => {
  stack = await Stack.ready("order");
});

beforeEach(async () => {
  await hetzner.reset();
});

afterAll(async () => {
  await hetzner.reset();
  await stack.remove();
});

const inEurope = ["fsn1", "nbg1", "hel1"];
const everywhere = (serverType?: string) =>
  inEurope.map((location) => (serverType === undefined ? { location } : { location, serverType }));

function output({ stdout, stderr }: Run): string {
  return stdout + stderr;
}

async function set(settings: { serverType?: string; location?: string }): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await stack.set(name, value);
  }
}

async function unset(settings: object): Promise<void> {
  for (const name of Object.keys(settings)) {
    await stack.unset(name);
  }
}

/** Runs `preview` and `up`, which must both fail and make nothing; returns their output. */
async function refused(): Promise<string[]> {
  const outputs: string[] = [];
  for (const run of [() => stack.preview(), () => stack.up("--skip-preview")]) {
    const { result, requests } = await hetzner.during(run);
    expect(result.code).not.toBe(0);
    // The order that is invalid on purpose is the only one.
    expect(
      requests.filter(({ method, status }) => method !== "GET" && status !== 422 && status !== 401),
    ).toEqual([]);
    expect(await hetzner.servers()).toEqual([]);
    expect(await hetzner.primaryIps()).toEqual([]);
    outputs.push(output(result));
  }
  return outputs;
}

/** The commands that a message names, one a line. */
function commandsIn(message: string): string[] {
  return [...message.matchAll(/, run: (pulumi config set .*)$/gm)].map(([, command = ""]) => command.trim());
}

test("without any setting, a preview shows the cheapest type that is available, and its price", async () => {
  await hetzner.change({ soldOut: everywhere("cx23") });
  const preview = await stack.preview();
  expect(preview.code).toBe(0);
  expect(output(preview)).toContain(
    "a cx33 in fsn1 (4 vCPU, 8 GB memory, 80 GB disk, x86) and an IPv4 address",
  );
  expect(output(preview)).toContain("8.99 € a month (server 8.49 €, address 0.50 €)");
});

test("an update orders just what its preview has shown: if that has changed, nothing is ordered", async () => {
  expect((await stack.preview()).code).toBe(0);
  await hetzner.change({ soldOut: [...everywhere("cx23"), ...everywhere("cx33"), ...everywhere("cx43")] });
  const { code, ...printed } = await stack.up("--skip-preview");
  expect(code).not.toBe(0);
  expect(output({ code, ...printed })).toMatch(
    /has changed since the preview[^]*cx23 in fsn1: 5\.99 €[^]*cpx22 in fsn1: 19\.99 €/,
  );
  expect(await hetzner.primaryIps()).toEqual([]);
});

test("a server of the same name that the stack doesn't know is left alone, and nothing is made beside it", async () => {
  const other = await Stack.ready("twin");
  await other.mustUp();
  const state = await other.pulumi(["stack", "export", "--stack", other.name]);
  await other.pulumi(["state", "delete", "--all", "--force", "--yes", "--stack", other.name]);
  const before = [await hetzner.servers(), await hetzner.primaryIps()];
  for (const run of [await other.preview(), await other.up()]) {
    expect(run.code).not.toBe(0);
    expect(output(run)).toContain("this stack doesn't know it. Nothing was ordered.");
  }
  expect([await hetzner.servers(), await hetzner.primaryIps()]).toEqual(before);
  expect(await other.pulumi(["stack", "import", "--stack", other.name], state.stdout)).toMatchObject({
    code: 0,
  });
  await other.remove();
});

describe("a first `pulumi up` that can't succeed makes nothing and costs nothing, and says what to do", () => {
  test.each<[string, { serverType?: string; location?: string }, ConditionsChange, string[]]>([
    [
      "a type that is sold out at the location",
      { serverType: "cx23", location: "fsn1" },
      { soldOut: [{ location: "fsn1", serverType: "cx23" }] },
      ["cx23 is sold out in fsn1", "pulumi config set serverType cx33", "pulumi config set location"],
    ],
    [
      "a location with an order stop",
      { location: "fsn1" },
      { soldOut: [{ location: "fsn1" }] },
      ["no server that fits and can be ordered in fsn1", "pulumi config set location"],
    ],
    [
      "nothing that can be ordered anywhere",
      {},
      { soldOut: everywhere() },
      ["no server that fits and can be ordered in fsn1, nbg1 or hel1", "Try again later"],
    ],
    [
      "a type that was never sold",
      { serverType: "cx22" },
      {},
      ['Hetzner doesn\'t sell a server type "cx22"', "Did you mean"],
    ],
    [
      "a type that has ended",
      { serverType: "cx23", location: "fsn1" },
      {
        deprecations: [
          { serverType: "cx23", announced: "2026-01-01T00:00:00Z", unavailableAfter: "2026-06-01T00:00:00Z" },
        ],
      },
      ["cx23", "pulumi config set serverType"],
    ],
    [
      "a token that may only read",
      {},
      { tokens: { "project-1": "read-only" } },
      ["The API token may only read.", "Read & Write"],
    ],
    [
      "a token that was deleted",
      {},
      { tokens: { "project-1": "revoked" } },
      ["Hetzner doesn't accept the API token", "pulumi config set --secret hcloud:token"],
    ],
  ])("%s", async (_, settings, conditions, messages) => {
    await hetzner.change(conditions);
    await set(settings);
    for (const shown of await refused()) {
      for (const message of messages) {
        expect(shown).toContain(message);
      }
    }
    await unset(settings);
  });

  test("each command of the advice works", async () => {
    const settings = { serverType: "cx23", location: "fsn1" };
    await hetzner.change({ soldOut: [{ location: "fsn1", serverType: "cx23" }] });
    await set(settings);
    const commands = commandsIn((await refused())[0] ?? "");
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      await set(settings);
      const [, , , name = "", value = ""] = command.split(" ");
      await stack.set(name, value);
      expect(await stack.preview()).toMatchObject({ code: 0 });
    }
    await unset(settings);
  });

  test("an account that may have no more addresses", async () => {
    await hetzner.change({ limits: { servers: null, primaryIps: 0 }, soldOut: everywhere("cx23") });
    const result = await stack.up();
    expect(result.code).not.toBe(0);
    expect(output(result)).toContain("Your account at Hetzner has reached its limit.");
    expect(await hetzner.primaryIps()).toEqual([]);
    expect(await hetzner.servers()).toEqual([]);
  });
});

describe("a server that Hetzner refuses after all, when the address exists", () => {
  test("an account that may have no more servers", async () => {
    await hetzner.change({ limits: { servers: 0, primaryIps: null }, soldOut: everywhere("cx23") });
    const result = await stack.up();
    expect(result.code).not.toBe(0);
    expect(output(result)).toContain("Your account at Hetzner has reached its limit.");
    expect(output(result)).toContain("Limits");
    expect(await hetzner.primaryIps()).toMatchObject([{ location: "fsn1", isProtected: true }]);
  });

  test("is reported with a location that works, and the command that moves the address", async () => {
    await hetzner.change({ soldOut: [...everywhere("cx23"), { location: "fsn1", listed: true }] });
    const result = await stack.up();
    expect(result.code).not.toBe(0);
    expect(output(result)).toContain("resource_unavailable");
    expect(output(result)).toContain("npm run move -- nbg1");
    expect(await hetzner.servers()).toEqual([]);
    expect(await hetzner.primaryIps()).toHaveLength(1);
  });
});

describe("`npm run move`", () => {
  test("moves the address, as advised, to where the server can be ordered, with the type that was decided", async () => {
    await hetzner.change({ soldOut: [...everywhere("cx23"), { location: "fsn1", listed: true }] });
    const { code, stdout, stderr } = await stack.script("move", ["--yes", "nbg1"]);
    expect([code, stdout + stderr]).toEqual([0, expect.stringContaining("cx33 in nbg1")]);
    expect(await onlyServer()).toMatchObject({ serverType: "cx33", location: "nbg1", status: "running" });
    expect(await hetzner.primaryIps()).toMatchObject([{ location: "nbg1", isProtected: true }]);
    expect(await stack.output("monthlyCost")).toContain(
      "cx33 in nbg1: 8.99 € a month with the address, before tax",
    );
  });
});

describe("a decision stays, although a cheaper type is available again", () => {
  test("by an `up` without changes, which calls nobody", async () => {
    const { result, requests } = await hetzner.during(() => stack.mustUp());
    expect(changes(result)).toEqual({});
    expect(requests).toEqual([]);
  });

  test("when Hetzner is looked at again", async () => {
    await stack.unset("location");
    expect(changes(await stack.mustUp())).toEqual({ order: "update", power: "update" });
    await stack.set("location", "nbg1");
    expect(changes(await stack.mustUp())).toEqual({ order: "update", power: "update" });
    expect(await onlyServer()).toMatchObject({ serverType: "cx33", location: "nbg1" });
  });
});
