import { type Command, runInTerminal, runQuietly } from "../runner/process.ts";
import { type Step, steps } from "./steps.ts";

// `npm run check`: everything that reads the code without running it. Nothing is skipped without a line that says so.
// `npm run check -- words types` runs only these steps.

/** How a step ended. */
type Outcome = { kind: "passed" } | { kind: "failed"; output: string } | { kind: "not checked"; why: string };

const isRoot = process.getuid?.() === 0;
const isCi = (process.env.CI ?? "") !== "";
const all = selected(steps(), process.argv.slice(2));
await installForCi();

const waiting = [...all];
const failed: string[] = [];
const notChecked: string[] = [];
// Two at a time: more would only compete for the processors of a small machine.
await Promise.all([work(), work()]);

for (const line of notChecked) {
  process.stdout.write(`NOT CHECKED: ${line}\n`);
}
if (failed.length > 0) {
  process.stderr.write(`Failed: ${failed.join(", ")}\n`);
  process.exitCode = 1;
}

function selected(every: Step[], names: readonly string[]): Step[] {
  const unknown = names.filter((name) => !every.some((step) => step.name === name));
  if (unknown.length > 0) {
    const known = every.map((step) => `"${step.name}"`).join(", ");
    process.stderr.write(`There is no step "${unknown.join('", "')}". The steps are ${known}.\n`);
    process.exit(2);
  }
  return names.length === 0 ? every : every.filter((step) => names.includes(step.name));
}

async function work(): Promise<void> {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
    const start = performance.now();
    const outcome = await perform(step);
    report(step.name, outcome, (performance.now() - start) / 1000);
  }
}

async function perform(step: Step): Promise<Outcome> {
  const why = await whyNotHere(step);
  if (why !== undefined) {
    return { kind: "not checked", why };
  }
  const { code, output } = await runQuietly(step.command);
  return code === 0 ? { kind: "passed" } : { kind: "failed", output };
}

/** Why a step can't run here, if it can't. */
async function whyNotHere({ needs, inSandbox }: Step): Promise<string | undefined> {
  if (inSandbox && !(process.platform === "linux" && isRoot)) {
    return "needs Linux and root; npm test checks it";
  }
  if (needs === undefined || (await exists(needs.program))) {
    return undefined;
  }
  return `${needs.program} isn't installed. Install it, such as by: apt-get install ${needs.debianPackage}`;
}

function report(name: string, outcome: Outcome, seconds: number): void {
  if (outcome.kind === "not checked") {
    notChecked.push(`${name}: ${outcome.why}`);
    return;
  }
  process.stdout.write(`${name.padEnd(22)} ${outcome.kind} (${seconds.toFixed(1)} s)\n`);
  if (outcome.kind === "failed") {
    process.stdout.write(`${outcome.output.trimEnd()}\n\n`);
    failed.push(name);
  }
}

async function exists(program: string): Promise<boolean> {
  const { code } = await runQuietly(["sh", "-c", 'command -v "$1"', "sh", program]);
  return code === 0;
}

/** In CI a check must not be left out because its program is missing. */
async function installForCi(): Promise<void> {
  if (!isCi) {
    return;
  }
  const missing: string[] = [];
  for (const { needs } of all) {
    if (needs !== undefined && !(await exists(needs.program))) {
      missing.push(needs.debianPackage);
    }
  }
  if (missing.length === 0) {
    return;
  }
  process.stdout.write(`installing ${missing.join(" ")} (apt)\n`);
  for (const args of [["update"], ["install", "--yes", "--no-install-recommends", ...missing]]) {
    const apt: Command = ["apt-get", "--quiet", "--quiet", ...args];
    const { code } = await runInTerminal(isRoot ? apt : ["sudo", "--non-interactive", ...apt], {
      DEBIAN_FRONTEND: "noninteractive",
    });
    if (code !== 0) {
      process.stderr.write(`In CI every check must run, but apt could not install ${missing.join(" ")}.\n`);
      process.exit(1);
    }
  }
}
