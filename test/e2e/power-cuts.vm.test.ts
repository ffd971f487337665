import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { fingerprint } from "../../binance/key-pair.ts";
import type { Outcome } from "../../sandbox/command.ts";
import { stackWithBot } from "./bot.ts";
import { countingBot } from "./counting-bot.ts";
import { Draws } from "./draws.ts";
import { countWrites, cutPower } from "./power-cut.ts";
import type { Stack } from "./stack.ts";
import { VirtualServer } from "./virtual-server.ts";

// The power of a server is cut while one of our commands changes it. What was only in its memory is lost. The
// next run of the same command must end well, and the bot must have lost no count. FAULTS_SEED draws other points.

const seed = Number(process.env.FAULTS_SEED ?? "20261127");
const draws = new Draws(seed);
const table: string[] = [];
const rounds = [1, 2, 3];

let stack: Stack;
let vm: VirtualServer;
let program: string;
let version = 0;

beforeAll(async () => {
  program = await mkdtemp(join(tmpdir(), "program-"));
  stack = await stackWithBot("power");
  vm = new VirtualServer(stack);
  await vm.order();
  await vm.setNextPair();
  await stack.mustUp();
  await vm.installCountingBot();
});

afterAll(async () => {
  process.stdout.write(`Power cuts, seed ${seed}:\n${table.join("\n")}\n`);
  await stack.remove();
});

/** How many writes each command does without a power cut. */
const whole = new Map<string, number>();

async function measure(name: string, command: () => Promise<Outcome>): Promise<void> {
  const before = await vm.counted();
  const { outcome, writes } = await countWrites(vm.server, command);
  expect(outcome).toMatchObject({ code: 0 });
  whole.set(name, writes);
  await vm.expectCounting(before);
}

/** Cuts the power while a command runs, and runs it again. */
async function cutAndRepeat(name: string, command: () => Promise<Outcome>): Promise<void> {
  const before = await vm.counted();
  const writes = whole.get(name) ?? 1;
  const at = draws.upTo(writes);
  const cut = await cutPower(vm.server, command, at);
  const state = await vm.booted();
  const bot = await vm.bot.activity();
  const again = await command();
  const how = cut.hadEnded ? "after its end" : `exit code ${cut.outcome.code}`;
  table.push(
    `| ${name} | ${at} of ${writes} writes | ${how} | ${state}, bot ${bot} | exit code ${again.code} |`,
  );
  process.stderr.write(`${table.at(-1)}\n`);
  expect(again).toMatchObject({ code: 0 });
  await vm.expectCounting(before);
}

const up = () => stack.up();
const install = () => stack.script("install-bot", [program]);

/** Makes the next version of the program. */
async function changeProgram(): Promise<void> {
  version += 1;
  const text = await readFile(join(countingBot, "bot.py"), "utf8");
  await writeFile(join(program, "bot.py"), `${text}# Version ${version}\n`);
}

test("a rotation without a power cut is measured", async () => {
  await vm.setNextPair();
  await measure("rotation", up);
});

test.each(rounds)(
  `after a power cut in a rotation, the next \`pulumi up\` makes the new key the live one (seed ${seed}, point %d)`,
  async () => {
    await vm.setNextPair();
    await cutAndRepeat("rotation", up);
    expect(await stack.output("liveKeyPair")).toBe(fingerprint(vm.live));
  },
);

test("an installation without a power cut is measured", async () => {
  await changeProgram();
  await measure("installation", install);
});

test.each(rounds)(
  `after a power cut in an installation, the next one installs the program (seed ${seed}, point %d)`,
  async () => {
    await changeProgram();
    await cutAndRepeat("installation", install);
    expect(await vm.server.run("tail -n 1 /opt/trading-bot/current/bot.py")).toBe(`# Version ${version}`);
  },
);

test("moves of the state without a power cut are measured", async () => {
  await stack.set("stateVolume", "10");
  await measure("move to the volume", up);
  await stack.set("stateVolume", "none");
  await measure("move to the disk", up);
});

test.each(rounds)(
  `after a power cut in a move of the state, the next \`pulumi up\` finishes it (seed ${seed}, point %d)`,
  async () => {
    const isOnVolume = async () =>
      (await vm.server.run("mountpoint --quiet /var/lib/trading-bot && echo yes || echo no")) === "yes";
    const toVolume = !(await isOnVolume());
    await stack.set("stateVolume", toVolume ? "10" : "none");
    await cutAndRepeat(toVolume ? "move to the volume" : "move to the disk", up);
    expect(await isOnVolume()).toBe(toVolume);
  },
);
