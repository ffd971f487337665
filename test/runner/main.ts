import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { type Command, type Result, runInTerminal, runQuietly } from "./process.ts";
import { durationsIn, recordedDurations, writeDurations } from "./recorded.ts";
import { divide, type Durations, type Shard } from "./shards.ts";

// `npm test`, started by test/run.sh, which has prepared the sandbox.

const help = `Usage: npm test
       npm test -- PATTERN…
       npm run test:record
       npm run test:campaigns
       npm run test:vm

Without a pattern, npm test runs the checks (npm run check), the unit tests, and the tests on the private internet.
With patterns it runs only the tests whose path matches one, such as e2e/settings.

  --record     runs the tests on the private internet, and records how long each file takes. The record divides them
               between two runs side by side. With --campaigns, it also records what real bots were seen doing.
  --campaigns  runs what takes too long for every change: every fault at every moment. CI runs it after npm test.
  --vm         runs what a container can't show, on virtual machines: power cuts, the kernel, the clock, DHCP. Without KVM
               the processors are emulated, which takes hours.
`;

const { values: options, positionals: patterns } = readArgs();
if (options.help) {
  process.stdout.write(help);
  process.exit();
}

/**
 * Tests wait for machines more than they compute, so two runs fit two processors, and the unit tests beside them. A virtual
 * machine may need both.
 */
const runsSideBySide = options.vm ? 1 : 2;
/** The tests that need storages for backups on the private internet. */
const withStorages = ["/backup.", "/prune.", "/sftp-backup.", "/stored-failover."].map(
  (name) => `${name}campaign.`,
);
/** The test that needs an S3 store for Pulumi's state there. */
const withStateStore = "/pulumi-state.campaign.";
/** Python's clients of Binance and Hetzner. test/run.sh has installed them. */
const pythonClients = "sandbox/test/binance/judges/python/requirements.txt";
const nodeOptions = "--experimental-vm-modules --disable-warning=ExperimentalWarning";
const start = performance.now();
const failed: string[] = [];

/** Jest's project with the tests on the private internet. */
const onPrivateInternet = projectFor(options);
const isEverything = !options.record && !options.campaigns && !options.vm;
const projects = isEverything ? ["unit", onPrivateInternet] : [onPrivateInternet];
const matched = (await Promise.all(projects.map(testFiles))).flat();
const unmatched = patterns.filter((pattern) => !matched.some((file) => new RegExp(pattern).test(file)));
if (unmatched.length > 0) {
  process.stderr.write(`No test has a path that matches ${unmatched.join(", ")}.\n\n${help}`);
  process.exit(2);
}

if (patterns.length === 0 && isEverything) {
  await step("Checks", [process.execPath, "test/checks/check.ts"]);
  await step("Go: the stand-in for the command provider", ["bash", "sandbox/toolchain/check.sh"]);
}
await Promise.all([isEverything ? testUnits() : undefined, testOnPrivateInternet()]);

if (failed.length > 0) {
  title(`Failed: ${failed.join(", ")}`);
  process.exit(1);
}
title("Everything passed");

function readArgs() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        record: { type: "boolean" },
        campaigns: { type: "boolean" },
        vm: { type: "boolean" },
      },
    });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    process.exit(2);
  }
}

function projectFor({ campaigns, vm }: typeof options): "sandbox" | "campaign" | "vm" {
  if (vm) {
    return "vm";
  }
  return campaigns ? "campaign" : "sandbox";
}

function title(text: string): void {
  process.stdout.write(`\n== ${text} (${Math.round((performance.now() - start) / 1000)} s)\n`);
}

async function step(name: string, command: Command): Promise<void> {
  title(name);
  const { code, output } = await runInTerminal(command, { NODE_OPTIONS: nodeOptions });
  process.stdout.write(output);
  if (code !== 0) {
    failed.push(name);
  }
}

/** Beside the tests on the private internet, which take longer and get the processors first. */
async function testUnits(): Promise<void> {
  const jest = [
    "jest",
    "--selectProjects",
    "unit",
    "--maxWorkers=100%",
    "--passWithNoTests",
    ...selecting(patterns),
  ];
  const { code, output } = await runQuietly(["nice", ...jest], { NODE_OPTIONS: nodeOptions });
  title("Unit tests, which ran beside the others");
  process.stdout.write(output);
  if (code !== 0) {
    failed.push("Unit tests");
  }
}

function selecting(paths: readonly string[]): string[] {
  return paths.length === 0 ? [] : ["--testPathPatterns", ...paths];
}

async function testOnPrivateInternet(): Promise<void> {
  const files = await testFiles(onPrivateInternet);
  if (files.length === 0) {
    return;
  }
  if (files.some((file) => file.includes("in-browser"))) {
    await step("Debian's Chromium", ["bash", "test/install-browser.sh"]);
  }
  const shards = divide(files, recordedDurations(), runsSideBySide);
  title(`Tests on the private internet: ${files.length} files in ${shards.length} runs side by side`);
  for (const { files, seconds } of shards) {
    process.stdout.write(`About ${seconds} s: ${files.join(" ")}\n`);
  }
  const results = mkdtempSync(join(tmpdir(), "test-results-"));
  const resultFiles = shards.map((_, index) => join(results, `${index}.json`));
  try {
    // Only the first run's output is shown as it comes; the other's follows when both have ended.
    const ended = await Promise.all(
      shards.map(async ({ files }, index) => {
        const run = index === 0 ? runInTerminal : runQuietly;
        const begin = performance.now();
        const result = await run(inSandbox(files, resultFiles[index] ?? ""));
        return { ...result, seconds: (performance.now() - begin) / 1000 };
      }),
    );
    report(ended, shards);
    if (options.record && failed.length === 0) {
      const measured: Durations = Object.fromEntries(
        resultFiles.flatMap((file) => Object.entries(durationsIn(file))),
      );
      writeDurations(patterns.length === 0 ? measured : { ...recordedDurations(), ...measured });
    }
  } finally {
    rmSync(results, { recursive: true });
  }
}

async function testFiles(project: string): Promise<string[]> {
  const list = ["jest", "--selectProjects", project, "--listTests", ...selecting(patterns)] as const;
  const { code, output } = await runQuietly(list, { NODE_OPTIONS: nodeOptions });
  if (code !== 0) {
    process.stderr.write(output);
    throw new Error("Jest could not list the tests; the reason is above");
  }
  return output
    .split("\n")
    .filter((line) => line.endsWith(".ts"))
    .map((file) => relative(process.cwd(), file));
}

function inSandbox(files: readonly string[], resultsFile: string): Command {
  const jest = [
    "jest",
    "--selectProjects",
    onPrivateInternet,
    "--runInBand",
    "--json",
    `--outputFile=${resultsFile}`,
  ];
  const recording = options.record === true ? ["RECORD_BOTS=1"] : [];
  const environment = ["env", `NODE_OPTIONS=${nodeOptions}`, ...recording];
  const machines = options.vm === true ? ["--virtual"] : [];
  // Built only for the tests that need it.
  const store = files.some((file) => withStorages.some((one) => file.includes(one))) ? ["--s3"] : [];
  const stateStore = files.some((file) => file.includes(withStateStore)) ? ["--state-store"] : [];
  const sandbox = [
    "bash",
    "sandbox/run.sh",
    ...machines,
    "--python",
    pythonClients,
    ...store,
    ...stateStore,
    "exec",
  ] as const;
  return [...sandbox, ...environment, ...jest, "--runTestsByPath", ...files];
}

function report(ended: readonly (Result & { seconds: number })[], shards: readonly Shard[]): void {
  for (const { output } of ended.slice(1)) {
    title("The run beside it");
    process.stdout.write(output);
  }
  title("How long the runs took (npm run test:record divides the files again)");
  for (const [index, { code, seconds }] of ended.entries()) {
    const name = `run ${index + 1} of ${ended.length}`;
    const expected = shards[index]?.seconds ?? 0;
    process.stdout.write(`${name}: ${Math.round(seconds)} s, expected ${expected} s\n`);
    if (code !== 0) {
      failed.push(`tests on the private internet, ${name}`);
    }
  }
}
