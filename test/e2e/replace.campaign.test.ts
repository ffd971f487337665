import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { attempt } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { diaryBot, type Kept, ReplacedStack } from "./replacement.ts";
import { Server } from "./server.ts";

// A server is replaced while its bot runs, while it is stopped, while runs are killed, and while it can't be reached. Every
// test starts where the previous one ended.

const stackName = "replaced";
const savedStates = join(foldersOfThisRun().project, "saved-state", stackName);

let replaced: ReplacedStack;

beforeAll(async () => {
  replaced = await ReplacedStack.ready(stackName);
});

afterAll(async () => {
  await replaced.remove();
});

test("a server that can't be ordered now is refused before anything is changed", async () => {
  const { stack, bot } = replaced;
  const { serverType, location } = await onlyServer();
  await hetzner.setSoldOut([{ location, serverType }]);
  const before = await replaced.now();
  const invocation = await bot.property("InvocationID");
  const { code, stderr } = await stack.script("replace", ["--yes"]);
  await hetzner.setSoldOut([]);
  expect(code).toBe(2);
  expect(stderr).toContain(serverType);
  expect(stderr).toContain("pulumi config set serverType");
  expect(await replaced.now()).toEqual(before);
  expect(await bot.property("InvocationID")).toBe(invocation);
});

test("without a terminal and without --yes, nothing is changed", async () => {
  const before = await replaced.now();
  const { code, stdout, stderr } = await replaced.stack.script("replace", []);
  expect(code).toBe(2);
  expect(stdout).toContain("€");
  expect(stderr).toContain("--yes");
  expect(await replaced.now()).toEqual(before);
  expect(await replaced.bot.activity()).toBe("active");
});

test("a bot that runs is the same on the new server, runs there, and its key passes `npm run verify`", async () => {
  const { stack } = replaced;
  await replaced.server.run("ln -s /etc/passwd /var/lib/trading-bot/link");
  const before = await replaced.now();
  const startsBefore = await replaced.starts();
  const { code, stdout, stderr } = await stack.script("replace", ["--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  await replaced.expectTheSameBot(before);
  expect(await replaced.bot.activity()).toBe("active");
  expect(await replaced.starts()).toBe(startsBefore + 1);
  expect(await replaced.server.run("readlink /var/lib/trading-bot/link")).toBe("/etc/passwd");
  expect(stdout).toContain("The bot is running.");
  expect(await stack.output("monthlyCost")).toContain("€ a month");
  expect(stdout).toMatch(/The saved state is still in saved-state\/replaced\/\d{14}-[0-9a-f]{12}\.tar\.gz/);
  // 2: nobody has confirmed what Binance's API doesn't report.
  expect(await stack.script("verify", [])).toMatchObject({ code: 2 });
});

test("on the new server, a roll-back restores the state that the previous program had left", async () => {
  const { stack } = replaced;
  const folder = await mkdtemp(join(tmpdir(), "diary-"));
  await cp(diaryBot, folder, { recursive: true });
  await writeFile(join(folder, "version"), "2");
  const left = await replaced.diary();
  expect(await stack.script("install-bot", [folder])).toMatchObject({ code: 0 });
  await rm(folder, { recursive: true });
  const before = await replaced.now();
  expect(before.diary).not.toBe(left);
  const { code, stderr } = await stack.script("replace", ["--yes"]);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining("With a copy of the state: "),
  });
  await replaced.expectTheSameBot(before);
  const back = await stack.script("install-bot", ["--roll-back", "--state", "copy", "--yes"]);
  expect({ code: back.code, stderr: back.stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(await replaced.starts()).toBe((left.match(/^started/gm)?.length ?? 0) + 1);
  const undone = await stack.script("restore", ["--undo", "--yes"]);
  expect({ code: undone.code, stderr: undone.stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(await replaced.diary()).toContain(before.diary);
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

test("a backup on one's own disk restores the bot's state, and what that replaces is kept aside", async () => {
  const { stack, server } = replaced;
  const folder = await mkdtemp(join(tmpdir(), "backup-"));
  const file = join(folder, "bot.backup");
  const passphrase = "correct horse battery\n";
  const backup = await stack.script("backup", [file, "--passphrase-file", "-"], passphrase);
  expect({ code: backup.code, stderr: backup.stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  const saved = await replaced.diary();
  await server.run("sed -i s/started/changed/ /var/lib/trading-bot/diary");
  const restore = await stack.script("restore", ["--yes", "--passphrase-file", "-", file], passphrase);
  await rm(folder, { recursive: true });
  expect({ code: restore.code, stderr: restore.stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(restore.stdout).toContain("The bot is running.");
  expect(await replaced.diary()).not.toContain("changed");
  expect(await replaced.diary()).toContain(saved);
  expect(await server.run("stat -c '%U %a' /var/lib/trading-bot /var/lib/trading-bot/diary")).toBe(
    "trading-bot 700\ntrading-bot 600",
  );
  expect(await server.run("cat /var/lib/trading-bot-server/copies/replaced-*/state/diary")).toContain(
    "changed",
  );
});
