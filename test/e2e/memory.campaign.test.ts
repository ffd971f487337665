import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { until } from "../../sandbox/until.ts";
import { BotOnServer } from "./bot.ts";
import { Draws } from "./draws.ts";
import { hetzner, onlyServer } from "./hetzner.ts";
import { MomentWatch } from "./moments.ts";
import { Server } from "./server.ts";
import { changes, Stack } from "./stack.ts";

// A bot that counts in SQLite loses no count: while its state is moved to a volume and back, and when its server is replaced,
// rebuilt, changed or deleted, or its stack's state is lost. Every test starts where the previous one ended. FAULTS_SEED draws other
// points, and FAULTS_POINTS more of them: twice as many as it says.

const seed = Number(process.env.FAULTS_SEED ?? "20261127");
const draws = new Draws(seed);
const rounds = Number(process.env.FAULTS_POINTS ?? "1");
const table: string[] = [];
const state = "/var/lib/trading-bot";
const onDisk = "/var/lib/trading-bot-server/copies";

let stack: Stack;
let server: Server;
let bot: BotOnServer;
let program: string;

async function useServer(): Promise<void> {
  server = new Server((await onlyServer()).id);
  bot = new BotOnServer(server);
}

beforeAll(async () => {
  stack = await Stack.ready("memory");
  await stack.set("stateVolume", "none");
  await stack.set("serverType", "cx23");
  await stack.setPath("bot.command", "{program}/start");
  await stack.setPath("bot.key", "none");
  await stack.mustUp();
  await useServer();
  program = await mkdtemp(join(tmpdir(), "counting-"));
  const counting = join(import.meta.dirname, "../server/programs/counting_bot.py");
  await writeFile(join(program, "counting_bot.py"), await readFile(counting, "utf8"));
  await writeFile(join(program, "start"), '#!/bin/sh\nexec python3 "${0%/*}/counting_bot.py"\n', {
    mode: 0o755,
  });
  await installBot();
});

afterAll(async () => {
  process.stdout.write(`Killed moves of the bot's state, seed ${seed}:\n${table.join("\n")}\n`);
  await hetzner.reset();
  await stack.remove();
});

async function installBot(): Promise<void> {
  expect(await stack.script("install-bot", [program])).toMatchObject({ code: 0 });
  await counts();
}

/** What the bot has counted, once it counts. */
async function counts(): Promise<number> {
  const script = `import sqlite3
database = sqlite3.connect("file:${state}/count.sqlite?mode=ro", uri=True, timeout=30)
print(*database.execute("SELECT count(*) FROM counts").fetchone())`;
  const read = () =>
    server.run("python3 -", script).then(
      (text) => Number(text),
      () => 0,
    );
  const before = await read();
  return until(async () => {
    const now = await read();
    return now > before ? now : undefined;
  });
}

async function isOnVolume(): Promise<boolean> {
  return (await server.run(`mountpoint --quiet ${state} && echo yes || echo no`)) === "yes";
}

/** The bot counts on where it was. */
async function expectNothingLost(before: number): Promise<void> {
  await useServer();
  await bot.becomes("active");
  expect(await counts()).toBeGreaterThan(before);
}

/** A new system has no program: it is installed, and finds the count on the volume. */
async function expectNextServerCountsOn(before: number): Promise<void> {
  await stack.mustUp();
  await useServer();
  await installBot();
  await expectNothingLost(before);
  expect(await isOnVolume()).toBe(true);
}

function output({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return stdout + stderr;
}

const volumeList = z.object({
  volumes: z.array(
    z.looseObject({
      id: z.int(),
      size: z.int(),
      server: z.int().nullable(),
      location: z.looseObject({ name: z.string() }),
      protection: z.object({ delete: z.boolean() }),
    }),
  ),
});

/** As a person sees it in Hetzner's Console. */
async function volumes(): Promise<z.output<typeof volumeList>["volumes"]> {
  const headers = { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` };
  const reply = await fetch("https://api.hetzner.cloud/v1/volumes", { headers });
  return volumeList.parse(await reply.json()).volumes;
}

async function onlyVolume() {
  const [volume, ...others] = await volumes();
  expect(others).toEqual([]);
  return volume;
}

test("the setting orders a volume, and moves the state there while the bot is off", async () => {
  const before = await counts();
  await stack.set("stateVolume", "10");
  const preview = await stack.preview();
  expect(output(preview)).toContain("a volume of 10 GB for the bot's state");
  expect(output(preview)).toMatch(/Price of today, before tax: 0\.\d\d € a month/);
  const up = await stack.up();
  expect([up.code, output(up)]).toEqual([0, expect.stringContaining("Stopping the bot")]);
  expect(changes(up)).toMatchObject({ "state-volume": "create", "state-place": "create" });
  await expectNothingLost(before);
  expect(await isOnVolume()).toBe(true);
  expect(await onlyVolume()).toMatchObject({ size: 10, server: server.id, protection: { delete: true } });
  expect(await stack.output("monthlyCost")).toContain("the address and a volume of 10 GB");
  expect(await server.run(`ls ${onDisk}`)).toMatch(/^replaced-/);
  expect(changes(await stack.mustUp())).toEqual({});
});

test("a smaller size is refused before anything happens, and a larger one is used at once", async () => {
  await stack.set("stateVolume", "12");
  await stack.mustUp();
  const before = await counts();
  expect(await onlyVolume()).toMatchObject({ size: 12, server: server.id });
  const size = await server.run(`df --output=size --block-size=1G ${state} | tail -n 1`);
  expect(Number(size)).toBeGreaterThan(10);
  await stack.set("stateVolume", "11");
  const refused = await stack.up("--skip-preview");
  expect([refused.code, output(refused)]).toEqual([
    expect.any(Number),
    expect.stringContaining("a volume can't become smaller"),
  ]);
  expect(refused.code).not.toBe(0);
  await stack.set("stateVolume", "12");
  await stack.mustUp();
  await expectNothingLost(before);
});

test("the bot starts with its volume after a reboot, and not without it", async () => {
  const before = await counts();
  await server.run("systemctl stop trading-bot 'var-lib-trading*.mount'");
  const device = await server.run("readlink -f /dev/disk/by-id/scsi-0HC_Volume_*");
  await server.run(`mv ${device} ${device}.hidden`);
  const started = await stack.script("start", []);
  expect([started.code, output(started)]).toEqual([1, expect.stringContaining("its state is on the volume")]);
  expect(await server.run(`ls -A ${state}`)).toBe("");
  await server.run(`mv ${device}.hidden ${device}`);
  expect(await stack.script("start", [])).toMatchObject({ code: 0 });
  await expectNothingLost(before);
});

test("a copy of the state is made and restored on the volume", async () => {
  const before = await counts();
  const made = await server.run("state-copy make by-hand");
  expect(made).toContain("volume/copies/by-hand/state");
  await server.run("bot-state hold && state-copy restore by-hand && bot-state release");
  expect(await counts()).toBeGreaterThan(before);
});

test("a replaced server gets the volume, and the state isn't copied", async () => {
  const before = await counts();
  const old = server.id;
  const run = await stack.script("replace", ["--yes"]);
  expect([run.code, output(run)]).toEqual([0, expect.stringContaining("The server is replaced")]);
  await expectNothingLost(before);
  expect(server.id).not.toBe(old);
  expect(await onlyVolume()).toMatchObject({ server: server.id });
  expect(await isOnVolume()).toBe(true);
});

test("a rebuilt server keeps it", async () => {
  const before = await counts();
  const run = await stack.script("rebuild", ["--yes"]);
  expect([run.code, output(run)]).toEqual([0, expect.any(String)]);
  await expectNothingLost(before);
  expect(await isOnVolume()).toBe(true);
});

test("a changed type keeps it", async () => {
  const before = await counts();
  await stack.set("serverType", "cx33");
  await stack.mustUp();
  await expectNothingLost(before);
  expect(await isOnVolume()).toBe(true);
});

test("a teardown that keeps the volume leaves it to the next server", async () => {
  const before = await counts();
  const teardown = await stack.script("teardown", ["--keep-address", "--keep-volume", "--yes"]);
  expect([teardown.code, output(teardown)]).toEqual([
    0,
    expect.stringContaining("with the bot's state stays"),
  ]);
  expect(await onlyVolume()).toMatchObject({ server: null, protection: { delete: true } });
  await expectNextServerCountsOn(before);
});

test("a `pulumi destroy` that leaves what is protected leaves the volume, and the next server's bot counts on", async () => {
  const before = await counts();
  const destroyed = await stack.destroy("--run-program", "--exclude-protected");
  expect([destroyed.code, output(destroyed)]).toEqual([0, expect.any(String)]);
  expect(await hetzner.servers()).toEqual([]);
  expect(await onlyVolume()).toMatchObject({ server: null, protection: { delete: true } });
  await expectNextServerCountsOn(before);
});

test("after a lost state, the volume is found, and the bot of the recovered server counts on", async () => {
  const before = await counts();
  const volume = await onlyVolume();
  const empty = '{"version":3,"deployment":{}}';
  expect(await stack.pulumi(["stack", "import", "--stack", stack.name], empty)).toMatchObject({ code: 0 });
  const run = await stack.script("recover", ["--yes", "--rebuild-server", "--without-state"]);
  expect([run.code, output(run)]).toEqual([
    0,
    expect.stringContaining(`the state on the volume trading-bot-memory stays`),
  ]);
  await expectNextServerCountsOn(before);
  expect(await onlyVolume()).toMatchObject({
    id: volume?.id,
    server: server.id,
    protection: { delete: true },
  });
  expect(changes(await stack.mustUp())).toEqual({});
});

test("`none` moves the state back to the server's disk, and the volume stays", async () => {
  const before = await counts();
  await stack.set("stateVolume", "none");
  await stack.mustUp();
  await expectNothingLost(before);
  expect(await isOnVolume()).toBe(false);
  expect(await volumes()).toHaveLength(1);
  expect(changes(await stack.mustUp())).toEqual({});
});

/** Kills the tool on the server that moves the state, at one of these moments. The next run must finish the move. */
async function moveAndKill(place: string, moments: Record<string, string>): Promise<string> {
  const before = await counts();
  const names = Object.keys(moments);
  const name = names[draws.upTo(names.length) - 1] ?? "";
  await stack.set("stateVolume", place);
  const moment = { name, condition: moments[name] ?? "", tool: "sbin/state-volume" };
  const watch = new MomentWatch(server, moment, true);
  const { code } = await stack.up();
  const wasSeen = await watch.end();
  await stack.mustUp();
  await expectNothingLost(before);
  const where = place === "none" ? "the disk" : "the volume";
  return `| to ${where} | ${name}${wasSeen ? "" : " (not seen)"} | exit code ${code} |`;
}

const tool = "/var/lib/trading-bot-server";
const isLarger = (file: string) => `test $(stat -c %s ${file} || echo 0) -gt 100000000`;
const onTheWayToVolume = {
  "it has begun": `test -e ${tool}/swapping`,
  "the copy has begun": `test -e ${tool}/volume/.arriving/large`,
  "half of it is copied": isLarger(`${tool}/volume/.arriving/large`),
  "it is decided": `test -e ${tool}/state-volume.json`,
};
const onTheWayToDisk = {
  "it has begun": `test -e ${tool}/swapping`,
  "the copy has begun": `test -e ${tool}/.arriving/large`,
  "half of it is copied": isLarger(`${tool}/.arriving/large`),
  "it is decided": `! test -e ${tool}/state-volume.json`,
};

test.each(Array.from({ length: rounds }, (_, index) => index + 1))(
  `moves that are killed at points that the seed ${seed} has drawn are finished by the next run (round %d)`,
  async () => {
    await server.run(`head -c 200M /dev/urandom > ${state}/large && chown trading-bot: ${state}/large`);
    table.push(await moveAndKill("12", onTheWayToVolume));
    expect(await isOnVolume()).toBe(true);
    table.push(await moveAndKill("none", onTheWayToDisk));
    expect(await isOnVolume()).toBe(false);
    await server.run(`rm ${state}/large`);
  },
);

test("a teardown releases the volume by its name, and a new stack gets one without the setting", async () => {
  const run = await stack.script("teardown", ["--yes"]);
  expect([run.code, output(run)]).toEqual([0, expect.stringContaining("Everything is deleted")]);
  expect(await volumes()).toEqual([]);
  await stack.unset("stateVolume");
  const preview = await stack.preview();
  expect(output(preview)).toContain("a volume of 10 GB for the bot's state");
  await stack.mustUp();
  await useServer();
  await installBot();
  expect(await isOnVolume()).toBe(true);
  expect(changes(await stack.mustUp())).toEqual({});
});

test("a move deletes the volume with the address, and makes another one at the new location", async () => {
  const [before] = await volumes();
  const run = await stack.script("move", ["nbg1", "--yes"]);
  expect([run.code, output(run)]).toEqual([
    0,
    expect.stringContaining("the volume trading-bot-memory in fsn1 with the bot's state"),
  ]);
  await useServer();
  expect(await onlyServer()).toMatchObject({ location: "nbg1", status: "running" });
  expect(await onlyVolume()).toMatchObject({ server: server.id, location: { name: "nbg1" } });
  expect((await onlyVolume())?.id).not.toBe(before?.id);
  expect(await isOnVolume()).toBe(true);
});
