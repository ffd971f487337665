import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

let cache = "";

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "python-"));
});

afterEach(() => {
  rmSync(cache, { recursive: true });
});

test("without --python nothing is installed", () => {
  expect(install("")).toEqual({ status: 0, python: "", stderr: "" });
  expect(readdirSync(cache)).toEqual([]);
});

test("an environment is made once for each requirements file", () => {
  const first = install(requirements("# nothing"));
  expect(first).toMatchObject({
    status: 0,
    stderr: expect.stringContaining("installing the Python packages"),
  });
  expect(existsSync(first.python)).toBe(true);
  expect(install(requirements("# nothing"))).toEqual({ ...first, stderr: "" });
  expect(install(requirements("# nothing else")).python).not.toBe(first.python);
});

test("a failure is an error, and the next start tries again", () => {
  // A hash is missing, so pip refuses before it downloads anything.
  const file = requirements("certifi==2026.6.17");
  for (const attempt of ["first", "second"]) {
    const { status, stderr } = install(file);
    expect([attempt, status]).toEqual([attempt, 2]);
    expect(stderr).toContain(`pip could not install the packages of ${file}`);
  }
});

function requirements(text: string): string {
  const file = join(cache, "requirements.txt");
  writeFileSync(file, text);
  return file;
}

function install(file: string) {
  const folder = join(import.meta.dirname, "../../prepare");
  const commands = `source "${folder}/say.sh"; source "${folder}/python.sh"
    install_python_packages; printf %s "$python"`;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-euc", commands], {
    env: { PATH: process.env.PATH, cache, requirements: file },
    encoding: "utf8",
  });
  return { status, python: stdout, stderr };
}
