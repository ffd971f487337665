import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import * as z from "zod";
import { attempt, type CommandLine, type Outcome, run } from "../../sandbox/command.ts";
import { foldersOfThisRun } from "../../sandbox/run-folders.ts";
import { stateStore } from "../../sandbox/state-store/control.ts";
import { stateHost, stateKeys } from "../../sandbox/state-store/store.ts";
import { until } from "../../sandbox/until.ts";
import { filesWith } from "./canary.ts";
import { hetzner } from "./hetzner.ts";
import { Terminal } from "./terminal.ts";

// Where Pulumi's state is, and two people at once: docs/recovery.md. Hetzner refuses the server, so that no machine is
// needed: the stack has an address, and that must stay. Every test starts where the previous one ended.

const folders = foldersOfThisRun();
const first = join(folders.dir, "first-state");
const second = join(folders.dir, "second-state");
const third = join(folders.dir, "third-state");
const bucket = "pulumi-state";
/** As docs/recovery.md says, for Hetzner's Object Storage. */
const inS3 = `s3://${bucket}?endpoint=https://${stateHost.name}&region=${stateHost.region}&s3ForcePathStyle=true`;
/** Another person's: which login they have, and which stack they have selected. */
const otherHome = join(folders.dir, "other-pulumi-home");
const token = process.env.HCLOUD_TOKEN ?? "";

/** A person's terminal: nothing but `pulumi login` says where the state is. The keys are those of the S3 store. */
const environment = [
  "env",
  `--chdir=${folders.project}`,
  "--unset=PULUMI_BACKEND_URL",
  `AWS_ACCESS_KEY_ID=${stateKeys.accessKey}`,
  `AWS_SECRET_ACCESS_KEY=${stateKeys.secretKey}`,
] as const;

const pulumiLine = (...args: string[]): CommandLine => [...environment, "pulumi", "--color=never", ...args];

function pulumi(args: string[], stdin = ""): Promise<Outcome> {
  return attempt(pulumiLine("--non-interactive", ...args), { stdin });
}

/** In another person's terminal. */
function othersPulumi(...args: string[]): Promise<Outcome> {
  const home = `PULUMI_HOME=${otherHome}`;
  return attempt([...environment, home, "pulumi", "--color=never", "--non-interactive", ...args]);
}

async function mustPulumi(args: string[], stdin?: string): Promise<string> {
  const { code, stdout, stderr } = await pulumi(args, stdin);
  if (code !== 0) {
    throw new Error(`pulumi ${args.join(" ")} failed:\n${stdout}\n${stderr}`);
  }
  return stdout;
}

const upArgs = ["up", "--yes", "--skip-preview", "--stack", "prod"];
const up = () => pulumi(upArgs);
const outputOf = ({ stdout, stderr }: Outcome) => stdout + stderr;
const refusal = "resource_limit_exceeded";
const locked = "the stack is currently locked by 1 lock(s)";

beforeAll(async () => {
  await hetzner.reset();
  await hetzner.change({ limits: { servers: 0, primaryIps: null } });
  await run(["mkdir", first, second, third, otherHome]);
  await run(["ln", "--symbolic", join(folders.pulumiHome, "plugins"), otherHome]);
  await mustPulumi(["login", `file://${first}`]);
  await mustPulumi(["stack", "init", "prod"]);
  await mustPulumi(["config", "set", "--secret", "hcloud:token"], token);
  for (const [name, value] of [
    ["adminCidrs", "198.51.100.10/32"],
    ["verification", "off"],
    ["stateVolume", "none"],
  ]) {
    await mustPulumi(["config", "set", `${name}`, `${value}`]);
  }
  expectHelp(await pulumi(["preview", "--target", "**:PrimaryIp::address", "--stack", "prod"]));
  expectHelp(
    await pulumi(["up", "--yes", "--skip-preview", "--target", "**:PrimaryIp::address", "--stack", "prod"]),
  );
  expect(await hetzner.primaryIps()).toHaveLength(0);
  const refused = outputOf(await up());
  expect(refused).toContain(refusal);
  expect(refused).toContain("There is no server now, but Hetzner bills what the stack has already");
  expect(await hetzner.primaryIps()).toHaveLength(1);
});

/** What a first `pulumi up` with `--target` says. */
function expectHelp(outcome: Outcome): void {
  expect(outcome.code).not.toBe(0);
  expect(outputOf(outcome)).toContain("doesn't exist yet, and --target leaves it out");
}

afterAll(async () => {
  await stateStore.goesUp();
  await run([...environment, "node", "scripts/teardown.ts", "--yes", "--stack", "prod"]);
  await hetzner.reset();
});

const plan = z.object({ steps: z.array(z.object({ op: z.string(), urn: z.string() })) });

/** What a preview would do with the address. */
async function planForAddress(): Promise<string[]> {
  const json = await mustPulumi(["preview", "--json", "--stack", "prod"]);
  const { steps } = plan.parse(JSON.parse(json));
  expect(steps.filter(({ op }) => op.includes("delete") || op.includes("replace"))).toEqual([]);
  // The server is missing. What stays as it is isn't listed.
  expect(steps).toContainEqual(
    expect.objectContaining({ op: "create", urn: expect.stringContaining(":Server::") }),
  );
  return steps.filter(({ urn }) => urn.includes("PrimaryIp::")).map(({ op }) => op);
}

/** As docs/recovery.md says. */
async function moveState(to: string): Promise<void> {
  await mustPulumi(["stack", "export", "--stack", "prod", "--file", "state.json"]);
  await mustPulumi(["login", to]);
  await mustPulumi(["stack", "init", "prod"]);
  await mustPulumi(["stack", "import", "--stack", "prod", "--file", "state.json"]);
  await run(["rm", join(folders.project, "state.json")]);
}

/** A person has `pulumi up` open, which asks, and another one runs it. */
async function expectOneAtATime(upOfTheOther = up): Promise<void> {
  const waiting = new Terminal(pulumiLine("up", "--stack", "prod"), { rows: 50, columns: 150 });
  await waiting.shows("Do you want to perform this update?");
  const other = await upOfTheOther();
  expect(other.code).not.toBe(0);
  expect(outputOf(other)).toContain(locked);
  expect(outputOf(other)).toMatch(/created by \S+@\S+ \(pid \d+\) at \d{4}-/);
  waiting.type("\u0003");
  await waiting.ended;
  // The one that waited goes on, up to Hetzner's refusal.
  expect(outputOf(await up())).toContain(refusal);
}

/** A run is killed. Its lock stays until `pulumi cancel`. */
async function expectCancelAfterKill(locks: string): Promise<void> {
  const [program, ...args] = pulumiLine("--non-interactive", ...upArgs);
  const killed = spawn(program, args, { detached: true, stdio: "ignore" });
  await until(async () => (await locksIn(locks)).length > 0);
  process.kill(-(killed.pid ?? 0), "SIGKILL");
  await once(killed, "close");
  expect(outputOf(await up())).toContain(locked);
  expect(await locksIn(locks)).toHaveLength(1);
  await mustPulumi(["cancel", "--yes", "--stack", "prod"]);
  expect(await locksIn(locks)).toEqual([]);
  expect(await planForAddress()).toEqual([]);
}

async function locksIn(folder: string): Promise<string[]> {
  const files = await readdir(join(folder, ".pulumi/locks"), { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith(".json"));
}

test("one person at a time changes a stack: a question that waits for an answer counts as well", () =>
  expectOneAtATime());

test("a killed run's lock stays until `pulumi cancel`", () => expectCancelAfterKill(first));

test("the state moves to another folder, and the address stays", async () => {
  await moveState(`file://${second}`);
  expect(await planForAddress()).toEqual([]);
  expect(await hetzner.primaryIps()).toHaveLength(1);
  // Its secrets are encrypted there.
  expect(await filesWith([token], [second])).toEqual([]);
});

test("there, one person at a time changes it as well", () => expectOneAtATime());

test("the state moves to S3-compatible storage, and the address stays", async () => {
  await stateStore.createBucket(bucket);
  await moveState(inS3);
  expect(await planForAddress()).toEqual([]);
  // A change reaches Hetzner, and is stored.
  expect(outputOf(await up())).toContain(refusal);
  expect(await hetzner.primaryIps()).toHaveLength(1);
  expect(await planForAddress()).toEqual([]);
  // Its secrets are encrypted there.
  expect(await readdir(join(folders.stateStore, bucket, ".pulumi"))).toContain("stacks");
  expect(await filesWith([token], [join(folders.stateStore, bucket)])).toEqual([]);
});

test("there, another person with the keys sees the same state, and waits while the first one changes it", async () => {
  expect(await othersPulumi("login", inS3)).toMatchObject({ code: 0 });
  expect(await othersPulumi("stack", "select", "prod")).toMatchObject({ code: 0 });
  expect(outputOf(await othersPulumi("stack", "ls"))).toMatch(/^prod\* /m);
  await expectOneAtATime(() => othersPulumi(...upArgs));
});

test("there, a killed run's lock stays until `pulumi cancel` as well", () =>
  expectCancelAfterKill(join(folders.stateStore, bucket)));

test("if the storage can't be reached, nothing is changed, and the next run goes on when it can", async () => {
  await stateStore.goesDown();
  const requests = async () => (await hetzner.requests()).filter(({ method }) => method !== "GET");
  await hetzner.clearRequests();
  expect((await up()).code).not.toBe(0);
  expect(await requests()).toEqual([]);
  await stateStore.goesUp();
  expect(outputOf(await up())).toContain(refusal);
  expect(await planForAddress()).toEqual([]);
});

test("a recovery kit from there lets another computer go on without the storage", async () => {
  const kit = await run([...environment, "node", "scripts/recovery-kit.ts", "--stack", "prod"]);
  expect(kit).toContain("It is complete.");
  expect(kit).toContain(`s3://${bucket}`);
  expect([token, stateKeys.secretKey].filter((secret) => kit.includes(secret))).toEqual([]);
  const part = (name: string) =>
    kit.split(`-----BEGIN ${name}-----\n`)[1]?.split(`\n-----END ${name}-----`)[0] ?? "";
  expect(await readFile(join(folders.project, "Pulumi.prod.yaml"), "utf8")).toBe(`${part("SETTINGS")}\n`);
  const file = join(folders.dir, "tmp", "state-of-the-kit.json");
  await writeFile(file, part("STATE"));
  await stateStore.goesDown();
  await mustPulumi(["login", `file://${third}`]);
  await mustPulumi(["stack", "init", "prod"]);
  await mustPulumi(["stack", "import", "--stack", "prod", "--file", file]);
  expect(await planForAddress()).toEqual([]);
  expect(await hetzner.primaryIps()).toHaveLength(1);
});
