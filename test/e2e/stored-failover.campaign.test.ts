import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { s3Store } from "../../sandbox/s3/control.ts";
import { s3Host, s3Keys } from "../../sandbox/s3/store.ts";
import { until } from "../../sandbox/until.ts";
import { stackWithBot } from "./bot.ts";
import { hetzner, serverNamed } from "./hetzner.ts";
import { runUntil } from "./killed-run.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// A bot that counts moves to the standby address although its server doesn't answer: with what it has stored off the server, and
// back without any state. Every test starts where the previous one ended.

const password = "canaryPasswordOfTheRepository03";
const name = "trading-bot-stored";
const state = "/var/lib/trading-bot";

let stack: Stack;
let first: string;
let standby: string;
/** How far the bot had counted when the backup was begun. */
let inBackup: number;

/** The stack's server, and not a fenced one. */
const active = async () => new Server((await serverNamed(name)).id);

/** How far the bot has counted, and that no number is missing. */
async function count(server: Server): Promise<number> {
  const query = `import sqlite3; print(*sqlite3.connect('${state}/counts.sqlite').execute('SELECT max(number), count(*) FROM counts').fetchone())`;
  const [last = 0, rows] = (await server.run(`python3 -c "${query}"`)).split(" ").map(Number);
  expect(rows).toBe(last);
  return last;
}

async function counted(server: Server, above: number): Promise<void> {
  await until(async () => (await count(server)) > above);
}

async function takeSshAway(): Promise<void> {
  await (await active()).run("systemctl mask --now ssh.socket ssh.service");
}

async function expectAt(address: string): Promise<Server> {
  const server = await active();
  const listed = await hetzner.servers();
  expect(listed.find(({ id }) => id === server.id)).toMatchObject({ ipv4: address, status: "running" });
  expect(listed.filter(({ id }) => id !== server.id)).toEqual([
    expect.objectContaining({ name: `${name}-fenced`, status: "off" }),
  ]);
  return server;
}

beforeAll(async () => {
  await s3Store.createBucket("backups");
  stack = await stackWithBot("stored");
  await stack.unsetPath("bot.key");
  await stack.setPath("bot.key", "none");
  await stack.set("location", "fsn1");
  await stack.set("standby", "hel1");
  await stack.set("backup:repository", `s3:https://${s3Host.name}/backups/counter`);
  await stack.setSecret("backup:accessKey", s3Keys.accessKey);
  await stack.setSecret("backup:secretKey", s3Keys.secretKey);
  await stack.setSecret("backup:password", password);
  await stack.mustUp();
  first = await stack.output("ipToWhitelist");
  standby = await stack.output("standbyIp");
  expect(await stack.script("install-bot", [join(import.meta.dirname, "bots/nightly")])).toMatchObject({
    code: 0,
  });
  const server = await active();
  await counted(server, 10);
  inBackup = await count(server);
  const { code, stdout, stderr } = await stack.script("backup", []);
  expect({ code, stdout, stderr }).toMatchObject({ code: 0 });
  await counted(server, inBackup + 10);
  await takeSshAway();
});

afterAll(async () => {
  await hetzner.reset();
  await stack.remove();
});

test("the last stored backup is named with its age, and nothing is changed without a yes", async () => {
  const { code, stdout, stderr } = await stack.script("failover", []);
  expect([code, stdout, stderr]).toEqual([
    2,
    expect.stringMatching(
      /The server doesn't answer\. The bot gets its state and program from the last backup in s3:.* IT IS \d+ min OLD/,
    ),
    expect.stringContaining("--yes"),
  ]);
  expect(await (await active()).run("systemctl is-active trading-bot")).toBe("active");
  expect(await hetzner.servers()).toHaveLength(1);
});

test.each([
  "Copying that backup to this computer",
  "Hetzner has confirmed both",
  "Restoring the bot's state and program",
])("a run that is killed at '%s' is continued by the next one", async (text) => {
  const killed = await runUntil(stack, ["failover", "--yes"], ({ lines }) =>
    lines.some((line) => line.includes(text)),
  );
  stack.transcript += killed.output;
  expect([killed.code, killed.output]).toEqual([null, expect.stringContaining(text)]);
  await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
});

test("the bot goes on at the standby address, and loses no more than since that backup", async () => {
  const { code, stdout, stderr } = await stack.script("failover", ["--yes"]);
  expect([code, stdout, stderr]).toEqual([
    0,
    expect.stringMatching(/The restored state is of .* ago\./),
    expect.any(String),
  ]);
  const server = await expectAt(standby);
  expect(await server.run("systemctl is-active trading-bot")).toBe("active");
  expect(await count(server)).toBeGreaterThanOrEqual(inBackup);
  await counted(server, await count(server));
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("--without-state goes back with neither state nor program, and reports that", async () => {
  await takeSshAway();
  const { code, stdout, stderr } = await stack.script("failover", ["--back", "--without-state", "--yes"]);
  expect([code, stdout, stderr]).toEqual([
    0,
    expect.stringContaining("THE BOT'S STATE IS NOT COPIED"),
    expect.any(String),
  ]);
  expect(stdout).toContain("without the bot's state. Install the bot's program");
  const server = await expectAt(first);
  // Nothing has made it yet.
  expect(await server.run(`ls -A ${state} 2>/dev/null || true`)).toBe("");
});

test("no secret of the storage is in any output", () => {
  const secrets = [password, s3Keys.accessKey, s3Keys.secretKey];
  expect(secrets.filter((secret) => stack.transcript.includes(secret))).toEqual([]);
});
