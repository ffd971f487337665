import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "packages-"));
  mkdirSync(join(folder, "node_modules"));
  mkdirSync(join(folder, "bin"));
  writeFileSync(join(folder, "package-lock.json"), "{}");
  writeFileSync(join(folder, "npm.log"), "");
  // As after an installation: npm's own list is newer than the lock file.
  utimesSync(join(folder, "package-lock.json"), 1, 1);
  writeFileSync(join(folder, "node_modules/.package-lock.json"), "{}");
  writeFileSync(join(folder, "bin/npm"), `#!/bin/sh\necho "npm $*" >> '${folder}/npm.log'\n`, {
    mode: 0o755,
  });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

test("what is installed whole isn't installed again", () => {
  mkdirSync(join(folder, "node_modules/fastify"));
  expect(installations()).toBe("");
});

test("after `npm ci --omit=dev` the development packages are installed", () => {
  expect(installations()).toBe("npm ci --no-audit --no-fund --loglevel=error\n");
});

test("a changed lock file is installed", () => {
  mkdirSync(join(folder, "node_modules/fastify"));
  utimesSync(join(folder, "node_modules/.package-lock.json"), 0, 0);
  expect(installations()).toBe("npm ci --no-audit --no-fund --loglevel=error\n");
});

/** What npm is called with. */
function installations(): string {
  const script = join(import.meta.dirname, "../../prepare/packages.sh");
  const commands = `say() { :; }; give_up() { exit 2; }; source "${script}"; install_packages`;
  const { status, stderr } = spawnSync("bash", ["--norc", "-euc", commands], {
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
      sandbox: folder,
      project: folder,
      cache: folder,
    },
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return readFileSync(join(folder, "npm.log"), "utf8");
}
