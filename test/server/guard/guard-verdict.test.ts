import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { rootfsFile } from "../../../components/commands/server-sources.ts";

// systemctl and logger are stand-ins that note how they were called.

let folder: string;
let held: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "verdict-"));
  held = join(folder, "lib/held");
  mkdirSync(join(folder, "bin"));
  const script = rootfsFile("/usr/local/lib/trading-bot-server/guard-verdict");
  expect(script).toContain("held=/var/lib/trading-bot-server/held\n");
  writeFileSync(join(folder, "guard-verdict"), script.replace("/var/lib/trading-bot-server/held", held));
  tool("logger", "");
  runs("active");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function tool(name: string, program: string): void {
  const file = join(folder, "bin", name);
  writeFileSync(file, `#!/bin/sh\necho ${name} "$@" >>"$CALLED"\n${program}\n`);
  chmodSync(file, 0o755);
}

/** Sets in which state systemd says that the bot is, and whether a start of it waits. */
function runs(state: string, job = ""): void {
  // What is only looked at is not noted.
  const looking = `case "$*" in *ActiveState*) echo ${state}; exit ;; *Job*) echo ${job}; exit ;; esac`;
  writeFileSync(
    join(folder, "bin/systemctl"),
    `#!/bin/sh\n${looking}\necho systemctl "$@" >>"$CALLED"\ncase $1 in "$FAILS") exit 1 ;; esac\n`,
    { mode: 0o755 },
  );
}

/** @returns the script's exit code, and what it has called */
function verdict(code: string, status: string, fails = ""): { code: number | null; called: string } {
  const called = join(folder, "called");
  writeFileSync(called, "");
  const { status: ended } = spawnSync("bash", [join(folder, "guard-verdict")], {
    env: {
      PATH: `${join(folder, "bin")}:${process.env.PATH ?? ""}`,
      CALLED: called,
      FAILS: fails,
      EXIT_CODE: code,
      EXIT_STATUS: status,
    },
  });
  return { code: ended, called: readFileSync(called, "utf8") };
}

test("a fail holds the bot before it stops it, and says so once", () => {
  expect(verdict("exited", "3")).toEqual({
    code: 0,
    called:
      "logger --tag trading-bot-guard --priority daemon.err The bot is stopped, and stays so until a check passes.\n" +
      "systemctl stop trading-bot.service\n",
  });
  expect(existsSync(held)).toBe(true);
  expect(verdict("exited", "3").called).toBe("systemctl stop trading-bot.service\n");
});

test("a pass lets a held bot go, and starts it without waiting for itself", () => {
  verdict("exited", "3");
  expect(verdict("exited", "0").called.split("\n")).toEqual([
    "systemctl is-enabled --quiet trading-bot.service",
    expect.stringContaining("the bot is started again"),
    "systemctl reset-failed trading-bot.service",
    "systemctl start --no-block trading-bot.service",
    "",
  ]);
  expect(existsSync(held)).toBe(false);
  expect(verdict("exited", "0").called).toBe("");
});

test.each([
  ["that waits to start, for this very check", "inactive", "1234", true],
  ["that somebody had stopped before", "inactive", "", false],
  ["that had failed before", "failed", "0", false],
])("a bot %s is let go by a pass", (_, state, job, isStarted) => {
  runs(state, job);
  verdict("exited", "3");
  expect(verdict("exited", "0").called.includes("systemctl start")).toBe(isStarted);
});

test("a bot that asks for ever more time to stop is killed", () => {
  expect(verdict("exited", "3", "stop").called).toContain("systemctl kill --signal=KILL trading-bot.service");
});

test("a bot that somebody has disabled is let go, and not started", () => {
  verdict("exited", "3");
  expect(verdict("exited", "0", "is-enabled").called).not.toContain("systemctl start");
  expect(existsSync(held)).toBe(false);
});

test.each([
  ["exited", "2"],
  ["exited", "1"],
  ["exited", "203"],
  ["exited", "243"],
  ["killed", "TERM"],
  ["dumped", "ABRT"],
  ["killed", "3"],
  ["", ""],
])("%s %s is no verdict: a bot that runs runs on, and one that is held stays held", (code, status) => {
  expect(verdict(code, status)).toEqual({ code: 0, called: "" });
  verdict("exited", "3");
  expect(verdict(code, status)).toEqual({ code: 0, called: "" });
  expect(existsSync(held)).toBe(true);
});

test("a bot that can't be stopped is held all the same, and the journal says so", () => {
  const { code, called } = verdict("exited", "3", "stop");
  expect(code).not.toBe(0);
  expect(called).toContain("daemon.crit");
  expect(existsSync(held)).toBe(true);
});
