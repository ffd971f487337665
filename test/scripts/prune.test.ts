import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

const computer = new OperatorComputer(outputs);
const log = join(computer.folder, "restic-calls");
const settings = {
  "backup:repository": "s3:https://s3.example.net/bucket/prod",
  "backup:accessKey": "key-of-the-server",
  "backup:secretKey": "canary-secret-key",
  "backup:password": "canary-password-of-backups",
};
const snapshot = (id: string, day: string) => ({
  time: `2026-11-${day}T02:40:00.592561513Z`,
  hostname: "trading-bot-prod",
  id: id.repeat(64),
});
const [old, recent] = [snapshot("a", "01"), snapshot("b", "26")];

/** Prints what restic 0.18 prints, and writes down how it was called. */
function useRestic(groups: object, change = "true"): void {
  computer.addProgram(
    "restic",
    `echo "$* [$RESTIC_REPOSITORY $AWS_ACCESS_KEY_ID]" >> ${log}
[ "$RESTIC_PASSWORD $AWS_SECRET_ACCESS_KEY" = "canary-password-of-backups \${WANTED_SECRET:-canary-secret-key}" ] || exit 12
case "$*" in *--json*) echo '${JSON.stringify(groups)}' ;; *) ${change} ;; esac`,
  );
}

const calls = () => (existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : []);
const prune = (environment: Record<string, string> = {}, ...args: string[]) =>
  computer.run("backup.ts", ["--prune", ...args], { settings, environment });

beforeEach(() => {
  rmSync(log, { force: true });
  useRestic([{ keep: [recent], remove: [old] }]);
});

afterAll(() => {
  computer.remove();
});

describe("npm run backup -- --prune", () => {
  test("shows what goes and what stays, and removes just that", async () => {
    const { code, stdout, stderr } = await prune({}, "--yes");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^To be removed for good, 1 backup:\naaaaaaaa {2}2026-11-01.*\nTo be kept, 1 backup:\nbbbbbbbb {2}2026-11-26/,
    );
    const where = "[s3:https://s3.example.net/bucket/prod key-of-the-server]";
    expect(calls()).toEqual([
      expect.stringMatching(/ --keep-daily=14 --keep-weekly=8 --keep-monthly=12 --dry-run --json \[/),
      `--option=s3.bucket-lookup=path --no-cache forget --prune ${old.id} ${where}`,
    ]);
    expect(`${stdout}${calls().join()}`).not.toContain("canary");
  });

  test("asks, and removes nothing without a yes", async () => {
    const { code, screen } = await computer.runInTerminal("backup.ts", ["--prune"], {
      settings,
      at: "Type yes",
      type: "no\n",
    });
    expect([code, screen]).toEqual([1, expect.stringContaining("No backup was removed.")]);
    expect(calls()).toHaveLength(1);
    expect(await prune()).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
  });

  test("uses keys of the environment, which the server need not have", async () => {
    const { code } = await prune(
      { AWS_ACCESS_KEY_ID: "own", AWS_SECRET_ACCESS_KEY: "own-secret", WANTED_SECRET: "own-secret" },
      "--yes",
    );
    expect(code).toBe(0);
    expect(calls().at(-1)).toMatch(/ own\]$/);
  });

  test("removes the data that an interrupted run has left, and nothing else, if no backup is too old", async () => {
    useRestic([{ keep: [recent], remove: null }]);
    const { code, stdout } = await prune();
    expect([code, stdout]).toEqual([0, "No backup is old enough to be removed. Stored: 1 backup.\n"]);
    expect(calls().at(-1)).toMatch(/^--option=s3.bucket-lookup=path --no-cache prune \[/);
  });

  test.each([
    ["keys that can't delete", "echo 'client.RemoveObject: Access Denied.' >&2; exit 1", "Set keys that may"],
    [
      "a backup that runs",
      "echo 'repository is already locked by PID 7' >&2; exit 11",
      "wait until it has ended",
    ],
  ])("says what to do about %s", async (_, change, remedy) => {
    useRestic([{ keep: [recent], remove: [old] }], change);
    const { code, stderr } = await prune({}, "--yes");
    expect([code, stderr]).toEqual([2, expect.stringContaining(remedy)]);
  });

  test.each([[["--list"]], [["../bot.backup"]]])("can't be combined with %j", async (args) => {
    expect(await prune({}, ...args)).toMatchObject({ code: 2, stderr: expect.stringContaining("alone") });
    expect(calls()).toEqual([]);
  });
});
