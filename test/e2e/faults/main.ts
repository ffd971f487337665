import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { flowNames } from "./names.ts";
import { FaultRecord } from "./record.ts";
import { tableOf } from "./table.ts";

// `npm run test:faults`: draws the points, runs test/e2e/faults.campaign.test.ts in the sandbox, and can write its table.

const root = join(import.meta.dirname, "../../..");
const page = join(root, "docs/faults.md");
const heading = "## What was run";

const help = `Usage: npm run test:faults -- [OPTION …]

Kills and interrupts runs at drawn points, in the sandbox, does then what their messages say, and checks that the stack is
whole: one server, one address, one firewall, the right key live, and a running bot that has lost nothing. It needs root,
and some minutes for every ten points.

  --seed N      draws other points; without it, the day of the computer's clock, such as 20261127
  --flow NAME   only this one of ${flowNames.join(", ")}. It can be given several times
  --points N    how many of each flow; 6 if left out, which are more than 50 in all
  --continue    leaves out what has ended well since the last run without this option, if the seed is the same
  --write       writes the table to docs/faults.md, if all ended well
`;

const { values: options } = parse();
if (options.help === true) {
  process.stdout.write(help);
  process.exit();
}
const seed = number(options.seed ?? new Date().toISOString().slice(0, 10).replaceAll("-", ""), "--seed");
const points = number(options.points ?? "6", "--points");
const wanted = options.flow ?? [...flowNames];
const unknown = wanted.filter((name) => !flowNames.some((one) => one === name));
if (unknown.length > 0) {
  refuse(`There is no flow ${unknown.join(", ")}.`);
}

const file = join(root, "reports/faults.json");
if (options.continue !== true) {
  rmSync(file, { force: true });
}
process.stdout.write(`Seed ${seed}, ${points} points of each of: ${wanted.join(", ")}\n`);
const code = await run();
if (code === 0 && options.write === true) {
  writeTable();
}
process.exit(code);

async function run(): Promise<number> {
  const environment = [
    `FAULTS_SEED=${seed}`,
    `FAULTS_POINTS=${points}`,
    `FAULTS_FLOWS=${wanted.join(",")}`,
    `FAULTS_RESULTS=${file}`,
    "NODE_OPTIONS=--experimental-vm-modules --disable-warning=ExperimentalWarning",
  ];
  const jest = ["jest", "--selectProjects", "campaign", "--runInBand", "--testPathPatterns", "e2e/faults\\."];
  const child = spawn("bash", ["sandbox/run.sh", "exec", "env", ...environment, ...jest], {
    cwd: root,
    stdio: "inherit",
  });
  const [code] = z.tuple([z.int().nullable(), z.unknown()]).parse(await once(child, "exit"));
  return code ?? 1;
}

function writeTable(): void {
  const { results } = new FaultRecord(file, seed);
  const [before = ""] = readFileSync(page, "utf8").split(heading);
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(page, `${before}${heading}\n\n${day}, seed ${seed}. ${tableOf(results)}\n`);
  process.stdout.write("docs/faults.md has the table.\n");
}

function parse() {
  try {
    return parseArgs({
      options: {
        help: { type: "boolean", short: "h" },
        seed: { type: "string" },
        flow: { type: "string", multiple: true },
        points: { type: "string" },
        continue: { type: "boolean" },
        write: { type: "boolean" },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function number(text: string, option: string): number {
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : refuse(`${option} must be a number from 1 on.`);
}

function refuse(problem: string): never {
  process.stderr.write(`${problem}\n\n${help}`);
  process.exit(2);
}
