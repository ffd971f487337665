import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { attempt } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { diaryBot, type Kept, ReplacedStack } from "./replacement.ts";
import { Server } from "./server.ts";

// A server is replaced while its bot is stopped, while runs are killed, and while it can't be reached. Every test starts
// where the previous one ended.

const stackName = "interrupted";
const savedStates = join(foldersOfThisRun().project, "saved-state", stackName);

let replaced: ReplacedStack;

beforeAll(async () => {
  replaced = await ReplacedStack.ready(stackName);
});

afterAll(async () => {
  await replaced.remove();
});

test("a bot that was stopped by hand stays stopped", async () => {
  const { stack } = replaced;
  expect(await stack.script("stop", [])).toMatchObject({ code: 0 });
  const before = await replaced.now();
  expect(await stack.script("replace", ["--yes"])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("stopped by hand"),
  });
  await replaced.expectTheSameBot(before);
  expect(await replaced.bot.activity()).toBe("inactive");
  expect(await replaced.diary()).toBe(before.diary);
  expect(await stack.script("start", [])).toMatchObject({ code: 0 });
});

/** Starts a replacement, and kills it with its `pulumi up` as soon as a condition is met. */
async function killWhen(condition: () => Promise<boolean>): Promise<void> {
  const run = replaced.stack.script("replace", ["--yes"]);
  await until(condition);
  await attempt(["pkill", "--signal", "KILL", "--full", `scripts/replace.ts --stack ${stackName}`]);
  await attempt(["pkill", "--signal", "KILL", "--full", `pulumi up .*--stack ${stackName}`]);
  await run;
  expect(await readdir(savedStates)).toContain("replacement.json");
}

async function finish(): Promise<void> {
  const { code, stdout, stderr } = await replaced.stack.script("replace", ["--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stderr).toContain(`Continuing the replacement of the server trading-bot-${stackName}.`);
  expect(stdout).toContain("The bot is running.");
}

describe("a run that is killed while the new server is being ordered", () => {
  let before: Kept;

  test("says that Pulumi's lock must be removed, if it is run again", async () => {
    const { stack } = replaced;
    before = await replaced.now();
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
    await replaced.expectTheSameBot(before);
    expect(await replaced.bot.activity()).toBe("active");
  });
});

describe("a run that is killed while the new server is being set up", () => {
  let before: Kept;

  test("leaves the bot held, also after a `pulumi up` by hand", async () => {
    const { stack } = replaced;
    before = await replaced.now();
    await killWhen(async () => {
      const listed = (await hetzner.servers()).find(({ id }) => id !== before.id);
      return listed !== undefined && (await new Server(listed.id).logins().catch(() => 0)) > 0;
    });
    await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
    await stack.mustUp();
    await replaced.useServer();
    expect(await replaced.server.run("bot-control reason-not-to-start")).toContain(
      "its state is being moved",
    );
    expect(await replaced.bot.activity()).toBe("inactive");
    expect(await replaced.server.run("ls /var/lib/trading-bot 2>/dev/null || true")).toBe("");
  });

  test("is finished by the next run", async () => {
    await finish();
    await replaced.expectTheSameBot(before);
    expect(await replaced.bot.activity()).toBe("active");
  });
});

test("a server that can't be reached is replaced without the bot's state, with --without-state", async () => {
  const { stack } = replaced;
  const { id } = await onlyServer();
  await replaced.server.run("systemctl stop ssh.socket ssh.service");
  expect(await stack.script("replace", ["--yes"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("npm run replace -- --without-state"),
  });
  expect((await onlyServer()).id).toBe(id);
  expect(await replaced.bot.activity()).toBe("active");

  const { code, stdout, stderr } = await stack.script("replace", ["--without-state", "--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stdout).toContain("THE BOT'S STATE IS NOT SAVED");
  await replaced.useServer();
  expect(replaced.server.id).not.toBe(id);
  expect(await replaced.server.run("bot-control reason-not-to-start")).toContain(
    "npm run install-bot -- FOLDER",
  );
  expect(await stack.script("install-bot", [diaryBot])).toMatchObject({ code: 0 });
  expect(await replaced.starts()).toBe(1);
});
