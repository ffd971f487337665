import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

let computer: OperatorComputer;

beforeAll(() => {
  computer = new OperatorComputer(outputs);
});

afterAll(() => {
  computer.remove();
});

/** An entry as journalctl prints it. */
function entry(message: string): string {
  return JSON.stringify({
    __REALTIME_TIMESTAMP: "1795694399000000",
    _SYSTEMD_UNIT: "trading-bot.service",
    _PID: "77",
    MESSAGE: message,
  });
}

/** A log that never ends. */
const endless = `while echo '${entry("order accepted")}'; do :; done`;

test("shows the last lines, and stops after them with --no-follow", async () => {
  computer.addServerProgram("journalctl", 'echo "$*"');
  const { code, stdout, stderr } = await computer.run("logs.ts", ["--lines", "7", "--no-follow"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    "journalctl: --namespace=* --unit=trading-bot --unit=trading-bot-guard --unit=trading-bot-pause " +
      "--unit=trading-bot-report --unit=trading-bot-watch --unit=trading-bot-heartbeat --unit=trading-bot-alert " +
      "--unit=trading-bot-ended --unit=trading-bot-refused --unit=trading-bot-outdated --unit=trading-bot-updated " +
      "--unit=trading-bot-overdue " +
      "--lines=7 --all --output=json --output-fields=_SYSTEMD_UNIT,_PID,MESSAGE --no-pager\n",
  );
  expect(computer.temporaryFiles).toEqual([]);
});

test("searches a day of the log, or the time that is given, and says if nothing was found", async () => {
  computer.addServerProgram("journalctl", "exit 1");
  const found = await computer.run("logs.ts", ["--no-follow", "--errors", "--since", "3d"]);
  expect(found).toMatchObject({ code: 0, stdout: "", stderr: "The log has no such line.\n" });
  expect(computer.calls.at(-1)).toContain("--since=-3d --no-tail --grep=");
});

test("shows the last lines that match", async () => {
  computer.addServerProgram("journalctl", `for n in 1 2 3; do echo '${entry("BTC")}'; done`);
  const { code, stdout } = await computer.run("logs.ts", ["--no-follow", "--grep", "BTC", "--lines", "2"]);
  expect([code, stdout.split("\n").length - 1]).toEqual([0, 2]);
});

test("gives a script one object a line", async () => {
  computer.addServerProgram("journalctl", `echo '${entry("accepted")}'`);
  const { stdout } = await computer.run("logs.ts", ["--no-follow", "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    time: "2026-11-26T11:59:59.000Z",
    unit: "trading-bot",
    pid: 77,
    message: "accepted",
  });
});

test("shows the unit that a line comes from, and nothing that the terminal would obey", async () => {
  computer.addServerProgram(
    "journalctl",
    `echo '${entry("\\u001b[2Jaccepted").replaceAll("\\\\", "\\")}'; printf 'a\\033]0;x\\007' >&2`,
  );
  const { stdout, stderr } = await computer.run("logs.ts", ["--no-follow"]);
  expect(stdout).toBe("2026-11-26T11:59:59+0000 trading-bot[77]: \ufffd[2Jaccepted\n");
  expect(stderr).toBe("a\ufffd]0;x\ufffd");
});

test("breaks long lines in a terminal without colours, and only there", async () => {
  computer.addServerProgram("journalctl", `echo '${entry("x".repeat(300))}'`);
  const run = async (environment: Record<string, string>) =>
    (await computer.runInTerminal("logs.ts", ["--no-follow"], { environment })).screen;
  expect(await run({ NO_COLOR: "1" })).toMatch(/trading-bot\[77\]: x+\r\n {4}x+\r\n/);
  expect(await run({})).toContain(`\u001b[39m ${"x".repeat(300)}\r\n`);
  expect((await computer.run("logs.ts", ["--no-follow"])).stdout).toMatch(/: x{300}\n$/);
});

test("follows the log until the pipe is closed, and exits with 0", async () => {
  computer.addServerProgram("journalctl", endless);
  const child = computer.start("logs.ts", []);
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await once(child, "close")).toEqual([0, null]);
  expect(computer.calls.at(-1)).toContain("--follow");
  expect(computer.temporaryFiles).toEqual([]);
});

test("stops with Ctrl-C, exits with 0, and leaves no file", async () => {
  computer.addServerProgram("journalctl", endless);
  const child = computer.start("logs.ts", []);
  child.stdout.on("data", () => child.kill("SIGINT"));
  expect(await once(child, "close")).toEqual([0, null]);
  expect(computer.temporaryFiles).toEqual([]);
});

test("exits with 255 and the reason if there is no connection", async () => {
  const { code, stderr } = await computer.run("logs.ts", [], {
    routes: { server: "ssh: connect to host 203.0.113.10 port 22: Connection timed out", direct: undefined },
  });
  expect(code).toBe(255);
  expect(stderr).toMatch(
    /^ssh: connect to host 203\.0\.113\.10 port 22: Connection timed out\nCan't connect to 203\.0\.113\.10: the server doesn't answer\. .*adminCidrs/,
  );
  expect(computer.temporaryFiles).toEqual([]);
});

test.each([["ten"], ["-1"], ["1;id"], [""]])("refuses --lines=%s, and calls nothing", async (lines) => {
  const { code, stderr } = await computer.run("logs.ts", [`--lines=${lines}`]);
  expect(code).toBe(2);
  expect(stderr).toContain(`--lines must be a number of up to 6 digits, not "${lines}".`);
  expect(computer.calls).toEqual([]);
});
