import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { ConditionsChange } from "../../sandbox/hetzner/control.ts";
import { until } from "../../sandbox/until.ts";
import { createKey } from "./binance.ts";
import { BotOnServer, stackWithBot } from "./bot.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Run, Stack } from "./stack.ts";

// The type of a server with a running bot is changed. Whatever goes wrong, the server is on at the end, and the bot
// runs with its state. Every test starts with a cx33 that runs, whose disk has 80 GB.

let stack: Stack;
let server: Server;
let bot: BotOnServer;

beforeAll(async () => {
  stack = await stackWithBot("type");
  await stack.set("serverType", "cx33");
  await stack.mustUp();
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
  await stack.setKeyPair(await createKey("TradingBot-Type-01", [await stack.output("ipToWhitelist")]));
  await stack.mustUp();
  const program = join(import.meta.dirname, "bots/diary");
  expect(await stack.script("install-bot", [program])).toMatchObject({ code: 0 });
});

beforeEach(async () => {
  await hetzner.reset();
  await stack.set("serverType", "cx33");
  // A test that failed must not spoil the others.
  if ((await onlyServer()).serverType !== "cx33") {
    await stack.mustUp("--refresh");
  }
  await botRuns();
});

afterAll(async () => {
  await hetzner.reset();
  await stack.remove();
});

/** What the bot has written about itself. */
async function diary(): Promise<{ starts: number; ends: number }> {
  const lines = async (file: string) =>
    Number(await server.run(`cat /var/lib/trading-bot/${file} 2>/dev/null | wc -l`));
  return { starts: await lines("diary"), ends: await lines("ends") };
}

/** Waits until the bot has written that it runs, on a server that may still be starting. */
async function botRuns(): Promise<void> {
  const script =
    'test "started as $(systemctl show -P InvocationID trading-bot)" = "$(tail -n 1 /var/lib/trading-bot/diary)"';
  await until(() =>
    server.run(script).then(
      () => true,
      () => false,
    ),
  );
}

/** The same server with the same state is on, and its bot was ended by SIGTERM as often as it was started again. */
async function expectRunning(before: { starts: number; ends: number }, restarts: number): Promise<void> {
  expect(await onlyServer()).toMatchObject({ id: server.id, status: "running" });
  await botRuns();
  expect(await diary()).toEqual({ starts: before.starts + restarts, ends: before.ends + restarts });
}

function output({ stdout, stderr }: Run): string {
  return stdout + stderr;
}

/** Waits until the server has this status, while something else changes it. */
async function serverIs(status: string): Promise<void> {
  await until(async () => (await onlyServer()).status === status);
}

/** Whether Hetzner has accepted a change of the type since the request log was cleared. */
async function changeBegan(): Promise<boolean> {
  const requests = await hetzner.requests();
  return requests.some(({ path, status }) => path.endsWith("/actions/change_type") && status === 201);
}

/** Kills the CLI in the middle of `up`, once the change has begun, and unlocks the stack. */
async function killUpDuringChange(): Promise<void> {
  await hetzner.clearRequests();
  let ended: Run | undefined;
  const up = stack.up().then((run) => (ended = run));
  await until(changeBegan, () => ended && `pulumi up ended before: ${output(ended)}`);
  await stack.kill();
  expect((await up).code).not.toBe(0);
  await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
}

/** Kills the CLI while the server is off, and the change has not been made. */
async function killUpWhileOff(): Promise<void> {
  await hetzner.hangAction("change_server_type");
  await stack.set("serverType", "cx43");
  await killUpDuringChange();
  await hetzner.reset();
  await serverIs("off");
}

/** Kills the CLI once Hetzner has the change, which Pulumi then doesn't know. */
async function killUpAfterChange(): Promise<void> {
  await hetzner.setActionDuration(5_000);
  await stack.set("serverType", "cx43");
  await killUpDuringChange();
  await serverIs("running");
  await hetzner.reset();
}

describe("a change that the look refuses touches nothing", () => {
  test.each<[string, string, ConditionsChange, string[]]>([
    [
      "sold out",
      "cx43",
      { soldOut: [{ location: "fsn1", serverType: "cx43" }] },
      ["cx43 is sold out in fsn1 at the moment.", "pulumi config set serverType cx33"],
    ],
    [
      "another architecture",
      "cax21",
      {},
      ["A type change can't change the architecture: cax21 is arm, and the server is x86."],
    ],
    [
      "a smaller disk",
      "cx23",
      {},
      ["A type change can't shrink the disk: cx23 has 40 GB, and the server's disk has 80 GB."],
    ],
    ["a misspelt type", "cx34", {}, ["Did you mean cx33"]],
  ])("%s", async (_, serverType, conditions, messages) => {
    const before = await diary();
    const invocation = await bot.property("InvocationID");
    await hetzner.change(conditions);
    await stack.set("serverType", serverType);
    for (const run of [() => stack.preview(), () => stack.up("--skip-preview")]) {
      const { result, requests } = await hetzner.during(run);
      expect(result.code).not.toBe(0);
      for (const message of messages) {
        expect(output(result)).toContain(message);
      }
      expect(requests.filter(({ method, path }) => method !== "GET" && path !== "/servers")).toEqual([]);
    }
    await expectRunning(before, 0);
    expect(await bot.property("InvocationID")).toBe(invocation);
  });
});

describe("a change that Hetzner refuses after the server was shut down leaves the server on", () => {
  const changeType = { method: "POST", path: "/actions/change_type$" };

  test.each<[string, () => Promise<void>, string]>([
    [
      "resource_unavailable",
      () => hetzner.change({ soldOut: [{ location: "fsn1", serverType: "cx43", listed: true }] }),
      "resource_unavailable",
    ],
    [
      "invalid_server_type",
      () =>
        hetzner.inject({
          ...changeType,
          effect: { kind: "error", status: 422, code: "invalid_server_type", message: "does not fit" },
        }),
      "The server type doesn't fit this server",
    ],
    [
      "an action that fails",
      () => hetzner.failAction({ command: "change_server_type", code: "server_error" }),
      "server_error",
    ],
    [
      "a connection that is lost before the request",
      () => hetzner.inject({ ...changeType, effect: { kind: "reset" } }),
      "The server is on again",
    ],
  ])("%s", async (_, arrange, message) => {
    const before = await diary();
    await arrange();
    await stack.set("serverType", "cx43");
    const { result, requests } = await hetzner.during(() => stack.up());
    expect(result.code).not.toBe(0);
    expect(output(result)).toContain(message);
    expect(requests.map(({ path }) => path)).not.toContainEqual(expect.stringMatching(/poweroff|reset/));
    expect(await onlyServer()).toMatchObject({ serverType: "cx33" });
    await expectRunning(before, 1);
  });
});

describe("a change whose answer is lost", () => {
  test.each<[string, () => Promise<void>]>([
    [
      "is made, and the server is on",
      () =>
        hetzner.inject({ method: "POST", path: "/actions/change_type$", effect: { kind: "lose-answer" } }),
    ],
    [
      "while it is waited for is made, and the server is on",
      () =>
        hetzner.inject({ method: "GET", path: "^/actions\\?.*id=", times: 20, effect: { kind: "reset" } }),
    ],
  ])("%s; the next `up` names the command that lets Pulumi know", async (_, arrange) => {
    const before = await diary();
    // Long enough for the provider to wait for the change.
    await hetzner.setActionDuration(2_000);
    await arrange();
    await stack.set("serverType", "cx43");
    const lost = await stack.up();
    expect(lost.code).not.toBe(0);
    expect(output(lost)).toContain("pulumi up --refresh");
    await hetzner.reset();
    expect(await onlyServer()).toMatchObject({ serverType: "cx43" });
    await expectRunning(before, 1);

    const next = await stack.up();
    expect(next.code).not.toBe(0);
    expect(output(next)).toContain("pulumi up --refresh");
    await stack.mustUp("--refresh");
    await expectRunning(before, 1);

    await stack.set("serverType", "cx33");
    await stack.mustUp();
    await expectRunning(before, 2);
  });
});

describe("a `pulumi up` that is killed", () => {
  test("while the server is off: the next one finishes the change", async () => {
    const before = await diary();
    await killUpWhileOff();

    await stack.mustUp();
    expect(await onlyServer()).toMatchObject({ serverType: "cx43" });
    await expectRunning(before, 1);
    await stack.set("serverType", "cx33");
    await stack.mustUp();
    await expectRunning(before, 2);
  });

  test("while the server is off, and the setting is set back: the next one turns it on, and reports it", async () => {
    const before = await diary();
    await killUpWhileOff();

    await stack.set("serverType", "cx33");
    const result = await stack.mustUp();
    expect(output(result)).toMatch(/was off|is on again|switched on/);
    await expectRunning(before, 1);
  });

  test("after the change, before Pulumi knows: the next one names the command that lets it know", async () => {
    const before = await diary();
    await killUpAfterChange();
    expect(await onlyServer()).toMatchObject({ serverType: "cx43" });

    const next = await stack.up();
    expect(next.code).not.toBe(0);
    expect(output(next)).toContain("pulumi up --refresh");
    await stack.mustUp("--refresh");
    await expectRunning(before, 1);
    await stack.set("serverType", "cx33");
    await stack.mustUp();
    await expectRunning(before, 2);
  });
});

test("killed after the change, and set back: the next `up` doesn't claim a change, but names `--refresh`", async () => {
  const before = await diary();
  await killUpAfterChange();

  await stack.set("serverType", "cx33");
  const next = await stack.up();
  expect(next.code).not.toBe(0);
  expect(output(next)).toContain("The server is a cx43 at Hetzner");
  await stack.mustUp("--refresh");
  expect(await onlyServer()).toMatchObject({ serverType: "cx33" });
  await expectRunning(before, 2);
});

test("killed during the change, and refreshed: the server is on, also if Hetzner leaves it off", async () => {
  const before = await diary();
  await hetzner.change({ afterChangeType: "off", actionDuration: 5_000 });
  await stack.set("serverType", "cx43");
  await killUpDuringChange();
  await until(async () => (await onlyServer()).serverType === "cx43");
  await hetzner.reset();
  await stack.mustUp("--refresh");
  await expectRunning(before, 1);
});

test("one unreadable answer after the shutdown doesn't leave the server off", async () => {
  const before = await diary();
  await stack.set("serverType", "cx43");
  const up = stack.up();
  await serverIs("stopping").catch(() => undefined);
  await hetzner.inject({
    method: "GET",
    path: `^/servers/${server.id}$`,
    effect: { kind: "garbage", status: 200, body: "<html>" },
  });
  const { code } = await up;
  await hetzner.reset();
  if (code !== 0) {
    expect(await onlyServer()).toMatchObject({ serverType: "cx33" });
  }
  await expectRunning(before, 1);
});

test("a server that Hetzner can't switch on after the change is reported loudly, and the next `up` switches it on", async () => {
  const before = await diary();
  await hetzner.change({ afterChangeType: "off" });
  await hetzner.failAction({ command: "start_server", message: "no power", times: 50 });
  await stack.set("serverType", "cx43");
  const failed = await stack.up();
  expect(failed.code).not.toBe(0);
  expect(output(failed)).toContain("THE SERVER IS OFF");
  await hetzner.reset();
  await stack.mustUp();
  await expectRunning(before, 1);
});

describe("a change that succeeds", () => {
  test.each(["running", "off"] as const)(
    "ends with server and bot on, if Hetzner leaves the server %s after it",
    async (afterChangeType) => {
      const before = await diary();
      await hetzner.change({ afterChangeType });
      await stack.set("serverType", "cpx22");
      const preview = output(await stack.preview());
      expect(preview).toContain("8.99 € a month before, 19.99 € a month after");
      expect(preview).toContain("You may pay less for the cx33 now");

      const { result, requests } = await hetzner.during(() => stack.mustUp());
      expect(output(result)).toMatch("8.99 € a month before, 19.99 € a month after");
      expect(requests.map(({ path }) => path)).not.toContainEqual(expect.stringMatching(/poweroff|reset/));
      expect(await onlyServer()).toMatchObject({ serverType: "cpx22" });
      await expectRunning(before, 1);

      await hetzner.reset();
      await stack.set("serverType", "cx33");
      await stack.mustUp();
      await expectRunning(before, 2);
    },
  );
});

describe("a server that doesn't shut down", () => {
  // Our wait for it has a limit of five minutes.
  const limit = 480_000;

  test(
    "is left on, with its type: its power is never cut",
    async () => {
      const before = await diary();
      await hetzner.change({ ignoringShutdown: [server.id] });
      await stack.set("serverType", "cx43");
      const { result, requests } = await hetzner.during(() => stack.up());
      expect(result.code).not.toBe(0);
      expect(output(result)).toContain("Its power was not cut.");
      expect(requests.map(({ path }) => path)).not.toContainEqual(
        expect.stringMatching(/poweroff|reset|change_type/),
      );
      expect(await onlyServer()).toMatchObject({ serverType: "cx33" });
      await expectRunning(before, 0);
    },
    limit,
  );
});
