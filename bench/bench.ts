import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BinanceControl } from "../sandbox/binance/control.ts";
import { HetznerControl } from "../sandbox/hetzner/control.ts";
import { foldersOfThisRun } from "../sandbox/run-folders.ts";
import { orderByHand } from "./by-hand.ts";
import { inTurns, seconds } from "./measure.ts";
import { emptyProject, Project } from "./project.ts";
import { type Row, table } from "./table.ts";
import { Terraform } from "./terraform.ts";
import { besideDirectConnections } from "./way-out.ts";

// Times are compared with other times of the same run: machines differ, ratios hardly do.

// bench/run.sh has checked what a person typed.
const { values: options } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, "terraform-provider": { type: "string" } },
});
const rounds = Number(options.rounds);
const folders = foldersOfThisRun();
const hetzner = new HetznerControl(join(folders.dir, "hetzner.sock"));
const token = process.env.HCLOUD_TOKEN ?? "";
const scratch = join(folders.dir, "tmp");
const rows: Row[] = [];

/** How many requests to Hetzner something makes, and how many of them write. */
async function calls(act: () => Promise<unknown>): Promise<{ all: number; writes: number }> {
  const { requests } = await hetzner.during(act);
  return { all: requests.length, writes: requests.filter(({ method }) => method !== "GET").length };
}

function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

/** A suitable key, created at Binance: a rotation includes its verification. */
async function newKey(address: string): Promise<{ apiKey: string; apiSecret: string | null }> {
  const binance = new BinanceControl(join(folders.dir, "binance.sock"));
  return binance.createKey({
    label: "bench",
    permissions: ["reading", "trading"],
    whitelist: [address.trim()],
  });
}

/** What Terraform uploads: as long as Binance's key pairs, and not verified. */
function pair(): { apiKey: string; apiSecret: string } {
  return { apiKey: randomBytes(32).toString("hex"), apiSecret: randomBytes(32).toString("hex") };
}

progress("the time that no program can avoid: Hetzner's actions, and a boot until sshd answers");
const alone = await orderByHand(token, scratch);

progress("a first `pulumi up`");
const project = new Project(folders.project);
await project.pulumi(["stack", "init", "bench"]);
await project.pulumi(["config", "set", "--secret", "hcloud:token"], token);
await project.pulumi(["config", "set", "adminCidrs", "198.51.100.10/32"]);
let first = 0;
const firstCalls = await calls(async () => {
  first = await seconds(() => project.up());
});
rows.push({
  what: "first up",
  value: `${first.toFixed(1)} s`,
  against: `${alone.toFixed(1)} s by itself`,
  // Most of it is the installation of Debian's packages, as on a real server.
  comparison: `${(first - alone).toFixed(1)} s more, at most 20`,
  ok: first - alone <= 20,
});

progress(`no-ops of the full stack and of an empty program, ${rounds} rounds`);
const empty = await emptyProject(join(folders.dir, "empty"), join(folders.project, "node_modules"));
await empty.up();
const [up = NaN, emptyUp = NaN, preview = NaN, emptyPreview = NaN] = await inTurns(rounds, [
  () => project.up(),
  () => empty.up(),
  () => project.preview(),
  () => empty.preview(),
]);
for (const [what, full, bare] of [
  ["no-op up", up, emptyUp],
  ["no-op preview", preview, emptyPreview],
] as const) {
  rows.push({
    what,
    value: `${full.toFixed(2)} s`,
    against: `${bare.toFixed(2)} s for an empty program`,
    comparison: `${(full / bare).toFixed(2)} times, at most 1.5`,
    ok: full / bare <= 1.5,
  });
}

progress("calls to Hetzner");
const noOpCalls = await calls(() => project.up());
const refreshCalls = await calls(() => project.up("--refresh"));
const { apiKey, apiSecret } = await newKey(await project.pulumi(["stack", "output", "ipToWhitelist"]));
await project.pulumi(["config", "set", "--secret", "binance:apiKey"], apiKey);
await project.pulumi(["config", "set", "--secret", "binance:apiSecret"], apiSecret ?? "");
let rotation = 0;
const rotationCalls = await calls(async () => {
  rotation = await seconds(() => project.up());
});
const callRow = (
  what: string,
  count: { all: number; writes: number },
  comparison: string,
  ok?: boolean,
): Row => ({
  what,
  value: `${count.all} calls`,
  against: `${count.writes} of them writes`,
  comparison,
  ok,
});
const callRows = [
  callRow("first up", firstCalls, ""),
  callRow("no-op up", noOpCalls, "none", noOpCalls.all === 0),
  callRow(
    "no-op up --refresh",
    refreshCalls,
    "one read for each of 4 resources",
    refreshCalls.all === 4 && refreshCalls.writes === 0,
  ),
  callRow("rotation", rotationCalls, "no write", rotationCalls.writes === 0),
];

const sideBySide =
  options["terraform-provider"] === undefined ? [] : await besideTerraform(options["terraform-provider"]);

progress("the bot's proxy");
const proxyRows = await besideDirectConnections();

progress("the emulated Binance");
const exchange = spawnSync(process.execPath, ["--expose-gc", join(import.meta.dirname, "exchange/main.ts")], {
  stdio: "inherit",
});

process.stdout.write(table("Times", rows));
process.stdout.write(table("Calls to Hetzner's API", callRows));
process.stdout.write(table("The bot's connections", proxyRows));
process.stdout.write(
  sideBySide.length > 0
    ? table("Compared with Terraform, with the same provider and the same resources", sideBySide)
    : "\nNot compared with Terraform: there is no `terraform` on the PATH.\n",
);
process.exitCode =
  exchange.status === 0 && [...rows, ...callRows, ...proxyRows].every(({ ok }) => ok !== false) ? 0 : 1;

async function besideTerraform(provider: string): Promise<Row[]> {
  progress("the same with Terraform");
  const terraform = await Terraform.create(join(folders.dir, "terraform"), provider);
  const before = JSON.stringify(pair());
  let apply = 0;
  const applyCalls = await calls(async () => {
    apply = await seconds(() => terraform.apply(before));
  });
  const [noOp = NaN, plan = NaN] = await inTurns(rounds, [
    () => terraform.apply(before),
    () => terraform.plan(before),
  ]);
  const noOpTerraform = await calls(() => terraform.apply(before));
  const after = JSON.stringify(pair());
  let rotate = 0;
  const rotateCalls = await calls(async () => {
    rotate = await seconds(() => terraform.apply(after));
  });
  await terraform.destroy(after);
  const row = (what: string, ours: number, theirs: number, ourCalls: number, theirCalls: number): Row => ({
    what,
    value: `Pulumi ${ours.toFixed(2)} s`,
    against: `Terraform ${theirs.toFixed(2)} s`,
    comparison: `${ourCalls} and ${theirCalls} calls`,
  });
  return [
    row("first up, first apply", first, apply, firstCalls.all, applyCalls.all),
    row("no-op up, no-op apply", up, noOp, noOpCalls.all, noOpTerraform.all),
    row("preview, plan", preview, plan, 0, noOpTerraform.all),
    row("rotation", rotation, rotate, rotationCalls.all, rotateCalls.all),
  ];
}
