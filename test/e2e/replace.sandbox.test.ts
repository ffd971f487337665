import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { attempt } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { createKey } from "./binance.ts";
import { BotOnServer, stackWithBot } from "./bot.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// A server is replaced, in order: every test starts where the previous one ended. The bot adds a line to its diary at
// each start.

const diaryBot = join(import.meta.dirname, "bots/diary");
const stackName = "replaced";
const savedStates = join(foldersOfThisRun().project, "saved-state", stackName);

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let address: string;
let keyPair: { apiKey: string; apiSecret: string };

beforeAll(async () => {
  stack = await stackWithBot(stackName);
  await stack.mustUp();
  address = await stack.output("ipToWhitelist");
  keyPair = await createKey("TradingBot-Replaced-01", [address]);
  await stack.setKeyPair(keyPair);
  await stack.mustUp();
  await useServer();
  expect(await stack.script("install-bot", [diaryBot])).toMatchObject({ code: 0 });
});

beforeEach(async () => {
  await hetzner.setSoldOut([]);
});

afterAll(async () => {
  await hetzner.setSoldOut([]);
  await hetzner.setActionDuration(300);
  await stack.remove();
});

/** From now on, `server` and `bot` are those of the stack's only server. */
async function useServer(): Promise<void> {
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
}

const diary = () => server.run("cat /var/lib/trading-bot/diary");
const starts = async () => (await diary()).match(/^started/gm)?.length;
const program = () => server.run("readlink /opt/trading-bot/current; ls /opt/trading-bot/releases");

/** The replacement has kept what belongs to the bot, on another server at the same address. */
async function expectTheSameBot(before: { id: number; diary: string; program: string }): Promise<void> {
  const listed = await onlyServer();
  expect(listed).toMatchObject({ ipv4: address, status: "running" });
  expect(listed.id).not.toBe(before.id);
  await useServer();
  expect(await diary()).toContain(before.diary);
  expect(await program()).toBe(before.program);
  expect(await server.pairInUnit()).toEqual(keyPair);
  expect(await server.run("ls -A /var/lib/trading-bot-server")).not.toContain("moving");
  expect(await server.run("stat -c '%U %G %a' /var/lib/trading-bot /var/lib/trading-bot/diary")).toBe(
    "trading-bot trading-bot 700\ntrading-bot trading-bot 600",
  );
}

const now = async () => ({ id: server.id, diary: await diary(), program: await program() });

test("a server that can't be ordered now is refused before anything is changed", async () => {
  const { serverType, location } = await onlyServer();
  await hetzner.setSoldOut([{ location, serverType }]);
  const before = await now();
  const invocation = await bot.property("InvocationID");
  const { code, stderr } = await stack.script("replace", ["--yes"]);
  expect(code).toBe(2);
  expect(stderr).toContain(serverType);
  expect(stderr).toContain("pulumi config set serverType");
  expect(await now()).toEqual(before);
  expect(await bot.property("InvocationID")).toBe(invocation);
});

test("without a terminal and without --yes, nothing is changed", async () => {
  const before = await now();
  const { code, stdout, stderr } = await stack.script("replace", []);
  expect(code).toBe(2);
  expect(stdout).toContain("€");
  expect(stderr).toContain("--yes");
  expect(await now()).toEqual(before);
  expect(await bot.activity()).toBe("active");
});

test("a bot that runs is the same on the new server, runs there, and its key passes `npm run verify`", async () => {
  await server.run("ln -s /etc/passwd /var/lib/trading-bot/link");
  const before = { ...(await now()), starts: await starts() };
  const { code, stdout, stderr } = await stack.script("replace", ["--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  await expectTheSameBot(before);
  expect(await bot.activity()).toBe("active");
  expect(await starts()).toBe((before.starts ?? 0) + 1);
  expect(await server.run("readlink /var/lib/trading-bot/link")).toBe("/etc/passwd");
  expect(stdout).toContain("The bot is running.");
  expect(await stack.output("monthlyCost")).toContain("€ a month");
  expect(stdout).toMatch(/The saved state is still in saved-state\/replaced\/\d{14}-[0-9a-f]{12}\.tar\.gz/);
  // 2: nobody has confirmed what Binance's API doesn't report.
  expect(await stack.script("verify", [])).toMatchObject({ code: 2 });
});

test("a bot that was stopped by hand stays stopped", async () => {
  expect(await stack.script("stop", [])).toMatchObject({ code: 0 });
  const before = await now();
  expect(await stack.script("replace", ["--yes"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("stopped by hand"),
  });
  await expectTheSameBot(before);
  expect(await bot.activity()).toBe("inactive");
  expect(await diary()).toBe(before.diary);
  expect(await stack.script("start", [])).toMatchObject({ code: 0 });
});

/** Starts a replacement, and kills it with its `pulumi up` as soon as a condition holds. */
async function killWhen(condition: () => Promise<boolean>): Promise<void> {
  const run = stack.script("replace", ["--yes"]);
  await until(condition);
  await attempt(["pkill", "--signal", "KILL", "--full", `scripts/replace.ts --stack ${stackName}`]);
  await attempt(["pkill", "--signal", "KILL", "--full", `pulumi up .*--stack ${stackName}`]);
  await run;
  expect(await readdir(savedStates)).toContain("replacement.json");
}

async function finish(): Promise<void> {
  const { code, stdout, stderr } = await stack.script("replace", ["--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stderr).toContain("Continuing the replacement of the server trading-bot-replaced.");
  expect(stdout).toContain("The bot is running.");
}

describe("a run that is killed while the new server is being ordered", () => {
  let before: Awaited<ReturnType<typeof now>>;

  test("says that Pulumi's lock must be removed, if it is run again", async () => {
    before = await now();
    await hetzner.setActionDuration(5_000);
    await killWhen(async () => (await hetzner.servers()).some(({ id }) => id !== before.id));
    await hetzner.setActionDuration(300);
    expect(await stack.script("replace", ["--yes"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("pulumi cancel"),
    });
    await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
  });

  test("is finished by the next run, which deletes the server that Pulumi doesn't know", async () => {
    await finish();
    await expectTheSameBot(before);
    expect(await bot.activity()).toBe("active");
  });
});

describe("a run that is killed while the new server is being set up", () => {
  let before: Awaited<ReturnType<typeof now>>;

  test("leaves the bot held, also after a `pulumi up` by hand", async () => {
    before = await now();
    await killWhen(async () => {
      const listed = (await hetzner.servers()).find(({ id }) => id !== before.id);
      return listed !== undefined && (await new Server(listed.id).logins().catch(() => 0)) > 0;
    });
    await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
    await stack.mustUp();
    await useServer();
    expect(await server.run("bot-control reason-not-to-start")).toContain("its state is being moved");
    expect(await bot.activity()).toBe("inactive");
    expect(await server.run("ls /var/lib/trading-bot 2>/dev/null || true")).toBe("");
  });

  test("is finished by the next run", async () => {
    await finish();
    await expectTheSameBot(before);
    expect(await bot.activity()).toBe("active");
  });
});

test("a server that can't be reached is replaced without the bot's state, with --without-state", async () => {
  const { id } = await onlyServer();
  await server.run("systemctl stop ssh.socket ssh.service");
  expect(await stack.script("replace", ["--yes"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("npm run replace -- --without-state"),
  });
  expect((await onlyServer()).id).toBe(id);
  expect(await bot.activity()).toBe("active");

  const { code, stdout, stderr } = await stack.script("replace", ["--without-state", "--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stdout).toContain("THE BOT'S STATE IS NOT SAVED");
  await useServer();
  expect(server.id).not.toBe(id);
  expect(await server.run("bot-control reason-not-to-start")).toContain("npm run install-bot -- FOLDER");
  expect(await stack.script("install-bot", [diaryBot])).toMatchObject({ code: 0 });
  expect(await starts()).toBe(1);
});
