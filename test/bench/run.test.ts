import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

// Neither help nor a mistake on the command line starts the sandbox.

function bench(...args: string[]) {
  const script = join(import.meta.dirname, "../../bench/run.sh");
  const { status, stdout, stderr } = spawnSync("bash", [script, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

test.each(["--help", "-h"])("npm run bench -- %s shows how to use it", (option) => {
  const { status, stdout, stderr } = bench(option);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^Usage: npm run bench -- \[--rounds N\] \[--exchange\]\n/);
});

const rounds = (text: string) => `--rounds must be a number from 1 to 999, not "${text}".`;

test.each([
  [["--bogus"], "Unknown argument: --bogus"],
  [["--rounds", "3", "5"], "Unknown argument: 5"],
  [["--rounds"], rounds("")],
  [["--rounds", "many"], rounds("many")],
  [["--rounds=0"], rounds("0")],
  [["--rounds=1000"], rounds("1000")],
])("npm run bench -- %j says what is wrong", (args, message) => {
  const stderr = `${message}\nFor help, run: npm run bench -- --help\n`;
  expect(bench(...args)).toEqual({ status: 2, stdout: "", stderr });
});
