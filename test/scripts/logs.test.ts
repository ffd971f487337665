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

/** A log that never ends. */
const endless = "while echo 'order accepted'; do :; done";

test("shows the last lines, and stops after them with --no-follow", async () => {
  computer.addServerProgram("journalctl", 'echo "the bot: $*"');
  const { code, stdout, stderr } = await computer.run("logs.ts", ["--lines", "7", "--no-follow"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    "the bot: --namespace=* --unit=trading-bot --unit=trading-bot-guard --unit=trading-bot-pause " +
      "--unit=trading-bot-report --unit=trading-bot-watch --unit=trading-bot-heartbeat --unit=trading-bot-alert " +
      "--unit=trading-bot-ended --unit=trading-bot-refused --lines=7 --output=short-iso --no-hostname --no-pager\n",
  );
  expect(computer.keyFiles).toEqual([]);
});

test("follows the log until the pipe is closed, and exits with 0", async () => {
  computer.addServerProgram("journalctl", endless);
  const child = computer.start("logs.ts", []);
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await once(child, "close")).toEqual([0, null]);
  expect(computer.calls.at(-1)).toContain("--follow");
  expect(computer.keyFiles).toEqual([]);
});

test("stops with Ctrl-C, exits with 0, and removes the key file", async () => {
  computer.addServerProgram("journalctl", endless);
  const child = computer.start("logs.ts", []);
  child.stdout.on("data", () => child.kill("SIGINT"));
  expect(await once(child, "close")).toEqual([0, null]);
  expect(computer.keyFiles).toEqual([]);
});

test("exits with 255 and the reason if there is no connection", async () => {
  const { code, stderr } = await computer.run("logs.ts", [], {
    routes: { server: "ssh: connect to host 203.0.113.10 port 22: Connection refused", direct: undefined },
  });
  expect(code).toBe(255);
  expect(stderr).toMatch(
    /^ssh: connect to host 203\.0\.113\.10 port 22: Connection refused\nCan't connect to 203\.0\.113\.10: the server doesn't answer SSH\. .*adminCidrs/,
  );
  expect(computer.keyFiles).toEqual([]);
});

test.each([["ten"], ["-1"], ["1;id"], [""]])("refuses --lines=%s, and calls nothing", async (lines) => {
  const { code, stderr } = await computer.run("logs.ts", [`--lines=${lines}`]);
  expect(code).toBe(2);
  expect(stderr).toContain(`--lines must be a number of up to 6 digits, not "${lines}".`);
  expect(computer.calls).toEqual([]);
});
