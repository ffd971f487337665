import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { attempt } from "../../sandbox/command.ts";
import { runInMachine } from "../../sandbox/machines/inspect.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { s3Store } from "../../sandbox/s3/control.ts";
import { s3Host, s3Keys } from "../../sandbox/s3/store.ts";
import { until } from "../../sandbox/until.ts";
import { BotOnServer, stackWithBot, webhook } from "./bot.ts";
import { base64Forms, filesWith, watchingProcesses } from "./canary.ts";
import { onlyServer } from "./hetzner.ts";
import { Server } from "./server.ts";
import { changes, type Stack } from "./stack.ts";

// Backups off the server, with a real S3 server. The bot counts in an SQLite database. Every test starts where the previous
// one ended.

const { home, project, state } = foldersOfThisRun();
const password = "canaryPasswordOfTheRepository01";
const secrets = [password, s3Keys.accessKey, s3Keys.secretKey];
const repository = `s3:https://${s3Host.name}/backups/counter`;

const listed = z.array(z.object({ id: z.string(), name: z.string(), bytes: z.number() }));
const record = z.object({ storedAt: z.number().optional(), problem: z.string().nullish() });

let stack: Stack;
let server: Server;
let bot: BotOnServer;

beforeAll(async () => {
  await s3Store.createBucket("backups");
  stack = await stackWithBot("backup");
  await stack.setPath("bot.command", "/usr/bin/python3 {program}/bot.py");
  await stack.unsetPath("bot.key");
  await stack.setPath("bot.key", "none");
  await stack.mustUp();
  await useServer();
  expect(await stack.script("install-bot", [join(import.meta.dirname, "bots/nightly")])).toMatchObject({
    code: 0,
  });
});

afterAll(async () => {
  await s3Store.goesUp();
  await s3Store.hasRoom();
  await stack.remove();
});

async function useServer(): Promise<void> {
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
}

/** How far the bot has counted, and that no number is missing. */
async function count(): Promise<number> {
  const query =
    "import sqlite3; print(*sqlite3.connect('/var/lib/trading-bot/counts.sqlite').execute('SELECT max(number), count(*) FROM counts').fetchone())";
  const [last = 0, rows] = (await server.run(`python3 -c "${query}"`)).split(" ").map(Number);
  expect(rows).toBe(last);
  return last;
}

async function setBackup(): Promise<void> {
  await stack.set("backup:repository", repository);
  await stack.setSecret("backup:accessKey", s3Keys.accessKey);
  await stack.setSecret("backup:secretKey", s3Keys.secretKey);
  await stack.setSecret("backup:password", password);
}

/** The nightly run. */
function nightly(): Promise<{ code: number }> {
  return runInMachine(server.id, ["systemctl", "start", "state-backup.service"]);
}

async function stored(): Promise<z.output<typeof listed>> {
  const { code, stdout, stderr } = await stack.script("backup", ["--list", "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return listed.parse(JSON.parse(stdout));
}

async function lastRecord(): Promise<z.output<typeof record>> {
  return record.parse(JSON.parse(await server.run("stored-backup status")));
}

/** What is on the server for backups, besides tools that do nothing without the setting. */
function left(): Promise<string> {
  return server.run(`
    getent passwd trading-bot-backup trading-bot-backup-proxy
    systemctl list-unit-files --no-legend 'trading-bot-backup*' 'state-backup*'
    systemctl list-units --all --plain --no-legend 'trading-bot-backup*' 'state-backup*'
    ls -d /etc/trading-bot-backup* /etc/credstore.encrypted/trading-bot-backup /var/cache/trading-bot-backup \\
      /var/lib/trading-bot-backup /etc/systemd/system/*/{trading-bot,state}-backup* 2>/dev/null
    true`);
}

test("without the setting nothing of it is on the server, and the commands say what to do", async () => {
  expect(await left()).toBe("");
  expect(await runInMachine(server.id, ["sh", "-c", "command -v restic"])).not.toMatchObject({ code: 0 });
  const { code, stdout, stderr } = await stack.script("backup", []);
  expect({ code, shown: stdout + stderr }).toEqual({
    code: 1,
    shown: expect.stringContaining("no storage for backups is set"),
  });
});

test("with the settings, a nightly backup is stored and checked while the bot counts, and no secret shows", async () => {
  await setBackup();
  const invocation = await bot.property("InvocationID");
  const { result, shown } = await watchingProcesses(
    secrets.flatMap((secret) => [secret, ...base64Forms(secret)]),
    async () => {
      const up = await stack.mustUp();
      return { up, night: await nightly() };
    },
  );
  expect(shown.filter((text) => !text.includes("PULUMI_CONFIG="))).toEqual([]);
  expect(changes(result.up)).toMatchObject({ "backup-packages": "create", backup: "update" });
  expect(result.night).toMatchObject({ code: 0 });
  expect(await stored()).toEqual([expect.objectContaining({ name: "trading-bot-backup" })]);
  expect(await lastRecord()).toMatchObject({ problem: null, storedAt: expect.any(Number) });
  expect(await bot.property("InvocationID")).toBe(invocation);
  expect(await server.run("systemctl is-enabled state-backup.timer trading-bot-backup-overdue.timer")).toBe(
    "enabled\nenabled",
  );
  expect(changes(await stack.mustUp())).toEqual({});
});

test("the secrets are in no file in plaintext, not on the server and not on the operator's computer", async () => {
  const forms = secrets.flatMap((secret) => [secret, ...base64Forms(secret)]);
  // The sandbox's own code has the keys.
  const files = await filesWith(forms, [home, state, server.written]);
  expect(files.filter((file) => !file.startsWith(project))).toEqual([]);
  expect(forms.filter((form) => stack.transcript.includes(form))).toEqual([]);
});

test("the user of backups reaches the storage, and nothing else", async () => {
  const request = (address: string) =>
    server.run(
      `systemd-run --quiet --pipe --wait --collect -p User=trading-bot-backup -p BindReadOnlyPaths=/etc/trading-bot-backup/hosts:/etc/hosts curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' ${address} || true`,
    );
  // The storage's answer to a request that isn't signed. Nothing on the way answers.
  expect(await request(`https://${s3Host.name}/`)).toBe("400");
  for (const address of ["https://192.0.2.40/", "https://192.0.2.20/", `https://${s3Host.address}/`]) {
    expect(await request(`--insecure ${address}`)).toBe("000");
  }
});

test("a second backup is stored by hand, and listed with its size and age", async () => {
  const { code, stdout } = await stack.script("backup", []);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringContaining("npm run restore -- --stored"),
  });
  const { stdout: table } = await stack.script("backup", ["--list"]);
  expect(table).toMatch(
    /^[0-9a-f]{8} {2}20\d\d-\d\d-\d\d \d\d:\d\d UTC +\d minutes ago {2}\d+\.\d MiB, \d+\.\d MiB new$/m,
  );
  expect(await stored()).toHaveLength(2);
});

test("a fresh server gets state and program from the storage in one step, and the count goes on", async () => {
  await until(async () => (await count()) > 20);
  expect(await nightly()).toMatchObject({ code: 0 });
  const before = await count();
  const program = await server.run("readlink /opt/trading-bot/current");
  expect(await stack.script("replace", ["--without-state", "--yes"])).toMatchObject({ code: 0 });
  await useServer();
  const { code, stdout, stderr } = await stack.script("restore", ["--stored", "--yes"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  expect(stdout).toContain("The bot is running.");
  expect(await server.run("readlink /opt/trading-bot/current")).toBe(program);
  // What it has counted after the backup is lost.
  await until(async () => (await count()) > 20);
  expect(before).toBeGreaterThan(20);
  expect(await server.run("stat -c '%U %a' /var/lib/trading-bot")).toBe("trading-bot 700");
});

test("a backup of the list is restored by its id, and what it replaces is restored by --undo", async () => {
  const [latest] = await stored();
  const before = await count();
  const id = latest?.id.slice(0, 8) ?? "";
  expect(await stack.script("restore", ["--stored", id, "--yes"])).toMatchObject({ code: 0 });
  expect(await server.run("state-copy list")).toMatch(/^replaced-/);
  expect(await stack.script("restore", ["--undo", "--yes"])).toMatchObject({ code: 0 });
  expect(await count()).toBeGreaterThanOrEqual(before);
  expect(await stack.script("restore", ["--stored", "00000000", "--yes"])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("npm run backup -- --list"),
  });
});

describe("a backup that can't be stored says why, and the next one is stored", () => {
  /** Not as long as in production. */
  async function withoutPatience(): Promise<void> {
    const folder = "/run/systemd/system/trading-bot-backup@.service.d";
    await server.run(
      `mkdir -p ${folder} && printf '[Service]\\nEnvironment=RETRY_LIMIT=2\\n' > ${folder}/test.conf && systemctl daemon-reload`,
    );
  }

  async function fails(reason: string): Promise<void> {
    const { code, stdout, stderr } = await stack.script("backup", []);
    expect({ code, shown: stdout + stderr }).toEqual({ code: 1, shown: expect.stringContaining(reason) });
    expect((await lastRecord()).problem).toContain(reason);
    expect(await bot.activity()).toBe("active");
    expect(await server.run("state-copy list")).not.toContain("being-packed");
  }

  async function isStored(): Promise<void> {
    expect(await stack.script("backup", [])).toMatchObject({ code: 0 });
    expect((await lastRecord()).problem).toBeNull();
  }

  beforeAll(withoutPatience);

  test("the storage is down", async () => {
    await s3Store.goesDown();
    await fails(`the storage ${s3Host.name} can't be reached`);
    await s3Store.goesUp();
  });

  test("the storage is full", async () => {
    await server.run("head -c 20M /dev/urandom > /var/lib/trading-bot/noise");
    await s3Store.isFull();
    // All that rclone says is "Internal Error".
    await fails("It may be full");
    await s3Store.hasRoom();
    await isStored();
  });

  test("the password is another one", async () => {
    await stack.setSecret("backup:password", `${password}-another-one`);
    await stack.mustUp();
    await fails("the password isn't the repository's");
    await stack.setSecret("backup:password", password);
    await stack.mustUp();
    await isStored();
  });

  test("the storage's key is another one", async () => {
    await stack.setSecret("backup:secretKey", `${s3Keys.secretKey}1`);
    await stack.mustUp();
    await fails("the storage refuses the keys");
    await stack.setSecret("backup:secretKey", s3Keys.secretKey);
    await stack.mustUp();
    await isStored();
  });

  test.each([
    ["restic", "systemctl kill --signal KILL 'trading-bot-backup@store.service'"],
    ["the tool that gives it the archive", "pkill --signal KILL --full 'stored-backup make'"],
  ])("%s is killed in the middle: the next run stores, and leaves neither lock nor copy", async (_, kill) => {
    await server.run("head -c 60M /dev/urandom > /var/lib/trading-bot/noise");
    const run = stack.script("backup", []);
    const locks = join(foldersOfThisRun().s3, "backups/counter/locks");
    const locked = async () => (await attempt(["ls", locks])).stdout;
    await until(async () => (await locked()) !== "");
    await server.run(kill);
    expect((await run).code).not.toBe(0);
    await isStored();
    expect(await locked()).toBe("");
    expect(await server.run("state-copy list")).not.toContain("being-packed");
  });
});

test("if none was stored for two days, the webhook reports it with the reason, once, and once when it is over", async () => {
  await s3Store.goesDown();
  await stack.script("backup", []);
  await webhook.clear();
  const early =
    "import json, pathlib; p = pathlib.Path('/var/lib/trading-bot-backup/stored.json'); c = json.loads(p.read_text()); c['storedAt'] -= 3 * 86400; p.write_text(json.dumps(c))";
  await server.run(`python3 -c "${early}"`);
  const look = "systemctl start trading-bot-backup-overdue";
  await server.run(look);
  await server.run(look);
  await s3Store.goesUp();
  const bodies = async () =>
    (await webhook.messages()).map(({ body }) => body).filter((body) => body.includes("backup"));
  expect(await bodies()).toEqual([
    expect.stringContaining(
      `was stored for 3 days. The bot keeps running. Reason: the storage ${s3Host.name} can't be reached`,
    ),
  ]);
  expect(await stack.script("backup", [])).toMatchObject({ code: 0 });
  await server.run(look);
  await server.run(look);
  expect((await bodies()).slice(1)).toEqual([expect.stringContaining("a backup is stored again")]);
});

test("without the settings, units, users and keys are removed, and the bot isn't restarted", async () => {
  const invocation = await bot.property("InvocationID");
  for (const name of ["repository", "accessKey", "secretKey", "password"]) {
    await stack.unset(`backup:${name}`);
  }
  await stack.mustUp();
  expect(await left()).toBe("");
  expect(await bot.property("InvocationID")).toBe(invocation);
  expect(changes(await stack.mustUp())).toEqual({});
  await setBackup();
  await stack.mustUp();
  expect(await stored()).not.toHaveLength(0);
});
