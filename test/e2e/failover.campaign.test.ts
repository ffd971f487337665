import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint, type KeyPair } from "../../binance/key-pair.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { until } from "../../sandbox/until.ts";
import { binance, createKey } from "./binance.ts";
import { stackWithBot } from "./bot.ts";
import { formsOf } from "./canary.ts";
import { Draws } from "./draws.ts";
import { hetzner, serverNamed } from "./hetzner.ts";
import { type EndedRun, type Point, runUntil } from "./killed-run.ts";
import { Server } from "./server.ts";
import type { Stack } from "./stack.ts";

// A bot that counts moves between its two addresses: without a fault, without SSH, without Hetzner's confirmation, and in runs
// that are killed at drawn points. At the first address, its state is on a volume. Every test starts where the previous one ended.
// FAULTS_SEED draws other points, and FAULTS_POINTS more of them.

const seed = Number(process.env.FAULTS_SEED ?? "20261127");
const draws = new Draws(seed);
const points = Number(process.env.FAULTS_POINTS ?? "2");
const table: string[] = [];
/** What the runs have printed that aren't in the stack's own transcript. */
const transcripts: string[] = [];
const passphraseOfBackup = "a passphrase for the test of failover";
const name = "trading-bot-failover";

let stack: Stack;
let pair: KeyPair;
let first: string;
let standby: string;
/** What a run without a fault does. */
let whole: EndedRun;

/** The stack's server, and not a fenced one. */
const active = async () => new Server((await serverNamed(name)).id);

async function count(server: Server): Promise<number> {
  const query =
    "import sqlite3; print(sqlite3.connect('file:/var/lib/trading-bot/counts.sqlite?mode=ro', uri=True).execute('SELECT COUNT(*) FROM counts').fetchone()[0])";
  return Number(await server.run(`python3 -c "${query}"`));
}

async function counted(server: Server, above: number): Promise<number> {
  return until(async () => {
    const now = await count(server);
    return now > above ? now : undefined;
  });
}

const byBot = z.looseObject({ source: z.string(), path: z.string() });

/** From which of the stack's addresses the bot's key was used, in order, without repetitions. */
async function sources(): Promise<string[]> {
  const requests = z.array(byBot).parse(await binance.requests());
  const used = requests
    .filter(
      ({ path, source }) => path.startsWith("/api/v3/account?omit") && [first, standby].includes(source),
    )
    .map(({ source }) => source);
  return used.filter((source, index) => source !== used[index - 1]);
}

/** One address, or one after the other and never the first one again. */
async function expectOneAtATime(): Promise<void> {
  const used = await sources();
  expect(used).toEqual([...new Set(used)]);
}

async function expectAt(address: string): Promise<Server> {
  const server = await active();
  const listed = await hetzner.servers();
  expect(listed.find(({ id }) => id === server.id)).toMatchObject({ ipv4: address, status: "running" });
  expect(listed.filter(({ id }) => id !== server.id)).toEqual([
    expect.objectContaining({ name: `${name}-fenced`, status: "off" }),
  ]);
  expect(await stack.output("ipToWhitelist")).toBe(address);
  expect(await server.run("systemctl is-active trading-bot")).toBe("active");
  expect(await server.pairInUnit()).toEqual(pair);
  expect(await isOnVolume(server)).toBe(address === first);
  return server;
}

/** A volume can't leave its location, which is the first address's. */
async function isOnVolume(server: Server): Promise<boolean> {
  return (await server.run("mountpoint --quiet /var/lib/trading-bot && echo yes || echo no")) === "yes";
}

function allOutput(): string {
  return stack.transcript + transcripts.join("");
}

beforeAll(async () => {
  stack = await stackWithBot("failover");
  await stack.set("location", "fsn1");
  await stack.set("standby", "hel1");
  await stack.set("stateVolume", "10");
  await stack.mustUp();
  first = await stack.output("ipToWhitelist");
  standby = await stack.output("standbyIp");
  pair = await createKey("TradingBot-Failover-01", [first, standby]);
  await stack.setKeyPair(pair);
  await stack.mustUp();
  expect(await stack.script("install-bot", [join(import.meta.dirname, "bots/counter")])).toMatchObject({
    code: 0,
  });
});

afterAll(async () => {
  process.stdout.write(`Killed runs of npm run failover, seed ${seed}:\n${table.join("\n")}\n`);
  await hetzner.reset();
  await stack.remove();
});

test("both addresses are reserved, protected and named from the first day", async () => {
  expect(await hetzner.primaryIps()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ip: first, location: "fsn1", isProtected: true }),
      expect.objectContaining({ ip: standby, location: "hel1", isProtected: true, assigneeId: null }),
    ]),
  );
  expect(await stack.output("next")).toContain(standby);
  expect(await stack.output("monthlyCost")).toContain("standby address in hel1");
  const { stdout } = await stack.script("verify", ["--json"]);
  expect(JSON.parse(stdout)).toMatchObject({ server: { ipAddress: first, standbyIp: standby } });
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("a failover loses no count, and the key is never used from both addresses", async () => {
  const before = await counted(await active(), 2);
  await binance.clearRequests();
  whole = await runUntil(stack, ["failover", "--yes"], () => false);
  transcripts.push(whole.output);
  expect([whole.code, whole.output]).toEqual([
    0,
    expect.stringContaining(`The bot's address is ${standby} now`),
  ]);
  expect(whole.output).toContain("Hetzner has confirmed both");
  const server = await expectAt(standby);
  expect(await count(server)).toBeGreaterThanOrEqual(before);
  await counted(server, before);
  await expectOneAtATime();
  expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0 });
});

test("a person who switches the fenced server on starts no second bot", async () => {
  const fenced = (await hetzner.servers()).find((one) => one.name === `${name}-fenced`);
  await binance.clearRequests();
  const headers = { authorization: `Bearer ${process.env.HCLOUD_TOKEN ?? ""}` };
  const url = `https://api.hetzner.cloud/v1/servers/${String(fenced?.id)}/actions/poweron`;
  expect((await fetch(url, { method: "POST", headers })).status).toBe(201);
  const server = await active();
  await counted(server, (await count(server)) + 5);
  expect(await sources()).toEqual([standby]);
});

test("a failover that is given up before it has left its server gives that its name, firewall and power again", async () => {
  const before = await count(await active());
  await binance.clearRequests();
  // The fence is complete with the server's new name.
  const killed = await runUntil(stack, ["failover", "--back", "--yes"], ({ requests }) =>
    requests.some((request) => request.startsWith("PUT /servers/")),
  );
  transcripts.push(killed.output);
  expect(await hetzner.servers()).toEqual([expect.objectContaining({ name: `${name}-fenced` })]);
  const run = await stack.script("failover", ["--discard", "--yes"]);
  expect([run.code, run.stdout + run.stderr]).toEqual([0, expect.any(String)]);
  expect(await hetzner.servers()).toEqual([
    expect.objectContaining({ name, ipv4: standby, status: "running" }),
  ]);
  await counted(await active(), before);
  expect(await sources()).toEqual([standby]);
});

describe(`killed at a point that the seed ${seed} has drawn`, () => {
  const kindOf = (index: number): Point["kind"] => (index % 2 === 0 ? "requests" : "lines");

  // The first one goes back, the second one forth, and so on.
  test.each(Array.from({ length: points }, (_, index) => ({ kind: kindOf(index), nth: index + 1 })))(
    "among its $kind (draw $nth), it is finished by the next run, loses no count, and leaves one fenced server",
    async ({ kind }) => {
      const before = await count(await active());
      const isBack = (await stack.output("ipToWhitelist")) === standby;
      const args = [...(isBack ? ["--back"] : []), "--yes"];
      await binance.clearRequests();
      const number = draws.upTo(whole[kind].length);
      const killed = await runUntil(
        stack,
        ["failover", ...args],
        (progress) => progress[kind].length >= number,
      );
      transcripts.push(killed.output);
      const last = killed[kind][number - 1] ?? "(it had ended before)";
      table.push(
        `| ${kind} | ${number} of ${whole[kind].length} | ${last} | exit code ${killed.code ?? "none"} |`,
      );
      await stack.pulumi(["cancel", "--yes", "--stack", stack.name]);
      if (killed.code === null) {
        const run = await stack.script("failover", args);
        expect([run.code, run.stdout + run.stderr]).toEqual([0, expect.any(String)]);
      }
      const server = await expectAt(isBack ? first : standby);
      await counted(server, before);
      await expectOneAtATime();
    },
  );
});

describe("a server that doesn't answer SSH, and whose bot still runs", () => {
  const backup = join(foldersOfThisRun().dir, "tmp", "failover.backup");
  const passphrase = join(foldersOfThisRun().dir, "tmp", "failover.passphrase");
  let isBack: boolean;
  let inBackup: number;
  const args = (...more: string[]) => [...(isBack ? ["--back"] : []), ...more];

  beforeAll(async () => {
    isBack = (await stack.output("ipToWhitelist")) === standby;
    const server = await active();
    inBackup = await count(server);
    await writeFile(passphrase, `${passphraseOfBackup}\n`, { mode: 0o600 });
    const made = await stack.script("backup", ["--passphrase-file", passphrase, backup]);
    expect([made.code, made.stdout + made.stderr]).toEqual([0, expect.any(String)]);
    await counted(server, inBackup + 2);
    await server.run("systemctl mask --now ssh.socket ssh.service");
  });

  test("is left only with a backup, or without any state, and nothing is changed before that is decided", async () => {
    const run = await stack.script("failover", args("--yes"));
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("npm run failover -- --backup FILE --stack failover"),
    });
    expect(await (await active()).run("systemctl is-active trading-bot")).toBe("active");
  });

  test("if Hetzner doesn't confirm the fence, no second bot is started, and the advice is about the key", async () => {
    await binance.clearRequests();
    await hetzner.failAction({ command: "shutdown_server", times: 50 });
    await hetzner.failAction({ command: "stop_server", times: 50 });
    const run = await stack.script(
      "failover",
      args("--yes", "--backup", backup, "--passphrase-file", passphrase),
    );
    expect(run).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/doesn't confirm that the server is off[^]*delete the key[^]*--new-key/),
    });
    expect(await hetzner.servers()).toHaveLength(1);
    await expectOneAtATime();
    const tooEarly = await stack.script("failover", ["--new-key", "--yes"]);
    expect(tooEarly).toMatchObject({ code: 2, stderr: expect.stringContaining("Delete it at Binance") });
  });

  test("with a new key it goes on from the backup, which loses no more than since then, and shows its age", async () => {
    await binance.deleteKey("TradingBot-Failover-01");
    const leaked = formsOf(pair).filter((form) => allOutput().includes(form));
    expect(leaked).toEqual([]);
    const old = fingerprint(pair);
    pair = await createKey("TradingBot-Failover-02", [first, standby]);
    await stack.setKeyPair(pair);
    const run = await stack.script("failover", ["--new-key", "--yes"]);
    expect([run.code, run.stdout + run.stderr]).toEqual([
      0,
      expect.stringContaining(`the key pair ${old} is deleted at Binance`),
    ]);
    expect(run.stdout).toMatch(/The restored state is of .* ago\./);
    await hetzner.reset();
    const server = await active();
    expect(await server.run("systemctl is-active trading-bot")).toBe("active");
    expect(await count(server)).toBeGreaterThanOrEqual(inBackup);
    expect(await server.pairInUnit()).toEqual(pair);
  });

  test("and the server that was left is deleted on demand", async () => {
    expect(await stack.script("failover", ["--remove-fenced", "--yes"])).toMatchObject({ code: 0 });
    expect((await hetzner.servers()).map((one) => one.name)).toEqual([name]);
    expect(await hetzner.primaryIps()).toHaveLength(2);
  });

  test("neither the key nor the backup's passphrase is in any output", () => {
    const secrets = [...formsOf(pair), passphraseOfBackup];
    expect(secrets.filter((secret) => allOutput().includes(secret))).toEqual([]);
    expect(allOutput()).toContain(fingerprint(pair));
  });
});
