import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";

const script = join(import.meta.dirname, "../../server/bootstrap/install-packages.sh");

/** A folder with stand-ins for Debian's programs, which record how they were called. */
let programs: string;

beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), "debian-"));
  addProgram("dpkg-query", '[ "$3" = there ] && echo installed');
  addProgram("sleep", "");
});

afterEach(() => {
  rmSync(programs, { recursive: true });
});

function addProgram(name: string, body: string): void {
  const text = `#!/bin/sh\necho "${name} $*" >>"${programs}/calls"\n${body}\n`;
  writeFileSync(join(programs, name), text, { mode: 0o755 });
}

/** A program that fails with this message as often, and then succeeds. */
function addFailing(name: string, message: string, times: number): void {
  const count = `$(grep -c '^${name} ' "${programs}/calls")`;
  addProgram(name, `if [ "${count}" -le ${times} ]; then echo "${message}" >&2; exit 2; fi`);
}

function install(...names: string[]) {
  const { status, stderr } = spawnSync("sh", [script, ...names], {
    encoding: "utf8",
    env: { PATH: `${programs}:${process.env.PATH ?? ""}` },
  });
  const calls = existsSync(join(programs, "calls")) ? readFileSync(join(programs, "calls"), "utf8") : "";
  const by = (name: string) => calls.split("\n").filter((line) => line.startsWith(`${name} `));
  return { status, stderr, dpkg: by("dpkg"), apt: by("apt-get"), sleep: by("sleep") };
}

test("nothing is done if every package is there", () => {
  expect(install("there")).toEqual({ status: 0, stderr: "", dpkg: [], apt: [], sleep: [] });
});

test("what is missing is installed, after an interrupted installation is finished", () => {
  addProgram("dpkg", "");
  addProgram("apt-get", "");
  const { status, dpkg, apt } = install("there", "chrony", "haproxy");
  expect(status).toBe(0);
  expect(dpkg).toEqual(["dpkg --configure -a"]);
  expect(apt[0]).toContain("update --error-on=any");
  expect(apt[1]).toMatch(/install --yes --no-install-recommends chrony haproxy$/);
});

describe("a lock of the first boot's updates is waited for", () => {
  test.each([
    ["dpkg", "dpkg: error: dpkg frontend lock was locked by another process with pid 7"],
    ["dpkg", "dpkg: error: dpkg frontend lock was locked by /usr/bin/python3.13 process with pid 7"],
    ["apt-get", "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)"],
    ["apt-get", "E: Unable to lock directory /var/lib/apt/lists/"],
  ])("%s: %s", (name, message) => {
    addProgram("dpkg", "");
    addProgram("apt-get", "");
    addFailing(name, message, 3);
    const { status, stderr, sleep } = install("chrony");
    expect([status, sleep]).toEqual([0, ["sleep 5", "sleep 5", "sleep 5"]]);
    expect(stderr).toBe(
      "Another program changes packages now, such as Debian's daily updates. Waiting for it, 15 minutes at most\n",
    );
  });

  test("but not for ever", () => {
    addFailing("dpkg", "dpkg: error: dpkg frontend lock was locked by another process with pid 7", 1000);
    const { status, stderr, sleep } = install("chrony");
    expect([status, sleep.length]).toEqual([1, 179]);
    expect(stderr).toContain("locked by another process with pid 7");
    expect(stderr).toContain("npm run ssh -- ps -fp NUMBER");
  });
});

test("any other failure ends at once, with Debian's words", () => {
  addProgram("dpkg", "");
  addFailing("apt-get", "E: Unable to locate package chrony", 1000);
  const { status, stderr, sleep } = install("chrony");
  expect([status, sleep]).toEqual([1, []]);
  expect(stderr).toBe(
    "Debian's packages could not be installed: chrony\nE: Unable to locate package chrony\n",
  );
});
