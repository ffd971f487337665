import { once } from "node:events";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { outputs } from "./stack.ts";
import { Desk } from "./tools.ts";

let desk: Desk;

beforeAll(() => {
  desk = new Desk(outputs);
});

afterAll(() => {
  desk.remove();
});

/** A bot that never stops talking. */
const talkative = "while echo 'order accepted'; do :; done";

test("shows the bot's last lines and ends where it is to follow nothing", async () => {
  desk.onServer("journalctl", 'echo "the bot: $*"');
  const { code, stdout, stderr } = await desk.run("logs.ts", ["--lines", "7", "--no-follow"]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    "the bot: --unit=trading-bot --unit=trading-bot-guard --lines=7 --output=short-iso --no-hostname --no-pager\n",
  );
  expect(desk.keyFiles).toEqual([]);
});

test("follows the bot until nobody reads any more, which is no failure", async () => {
  desk.onServer("journalctl", talkative);
  const child = desk.start("logs.ts", []);
  await once(child.stdout, "data");
  child.stdout.destroy();
  expect(await once(child, "close")).toEqual([0, null]);
  expect(desk.called.at(-1)).toContain("--follow");
  expect(desk.keyFiles).toEqual([]);
});

test("ends by Ctrl-C, which is no failure, and leaves no key behind", async () => {
  desk.onServer("journalctl", talkative);
  const child = desk.start("logs.ts", []);
  child.stdout.on("data", () => child.kill("SIGINT"));
  expect(await once(child, "close")).toEqual([0, null]);
  expect(desk.keyFiles).toEqual([]);
});

test("a server that can't be reached is told of by ssh, and by the exit code", async () => {
  const { code, stderr } = await desk.run("logs.ts", [], {
    ways: { server: "ssh: connect to host 203.0.113.10 port 22: Connection refused", direct: undefined },
  });
  expect(code).toBe(255);
  expect(stderr).toContain("Connection refused");
  expect(desk.keyFiles).toEqual([]);
});

test.each([["ten"], ["-1"], ["1;id"], [""]])(
  "--lines=%s is refused before anything is asked",
  async (lines) => {
    const { code, stderr } = await desk.run("logs.ts", [`--lines=${lines}`]);
    expect(code).toBe(2);
    expect(stderr).toContain("is no number of lines");
    expect(desk.called).toEqual([]);
  },
);

test("explains itself", async () => {
  const child = desk.start("logs.ts", ["--help"]);
  expect(await text(child.stdout)).toContain("Usage: npm run logs");
});
