import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { parseShownPair } from "../../scripts/lib/report/shown-pair.ts";
import { outputs } from "./stack.ts";
import { Desk } from "./tools.ts";

const pair = { apiKey: "the-key-of-the-canary", apiSecret: "the-secret-of-the-canary" };
const desk = new Desk(outputs);

beforeEach(() => {
  desk.onServer("binance-credential", `echo '${JSON.stringify(pair)}'`);
});

afterAll(() => {
  desk.remove();
});

/** A person at a terminal, who types a line. */
async function atTerminal(typed: string): Promise<{ code: number | null; screen: string }> {
  const command = desk.commandLine("show-key.ts", []).map((word) => `'${word}'`);
  const child = spawn("script", ["--quiet", "--return", "--command", command.join(" "), "/dev/null"], {
    env: desk.environment(),
    cwd: desk.folder,
  });
  // Typed when it is asked for: the terminal itself would take a Ctrl-D before. Its end would be an answer.
  child.stdout.on("data", (chunk: Buffer) => {
    if (chunk.includes("Type yes")) {
      child.stdin.write(typed);
    }
  });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const [code, screen] = await Promise.all([ended, text(child.stdout)]);
  return { code, screen };
}

test("shows the pair to a person who says yes, and how to clear the screen", async () => {
  const { code, screen } = await atTerminal("yes\n");
  expect(screen).toContain("API key:    the-key-of-the-canary");
  expect(screen).toContain("API secret: the-secret-of-the-canary");
  expect(screen).toContain("Clear the screen");
  expect(code).toBe(0);
  expect(desk.called.at(-1)).toContain("sudo binance-credential show");
  expect(desk.keyFiles).toEqual([]);
});

test.each([["no\n"], ["\n"], ["y\n"], ["\u0004"]])(
  "asks nothing of the server at the answer %j",
  async (typed) => {
    const { code, screen } = await atTerminal(typed);
    expect(screen).toContain("Nothing was shown.");
    expect(code).toBe(1);
    expect(desk.called).toEqual([]);
  },
);

test("is refused into a file or another program, without a question", async () => {
  const { code, stdout, stderr } = await desk.run("show-key.ts", [], { input: "yes\n" });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("at a terminal only");
  expect(desk.called).toEqual([]);
});

test("says what the server says where there is no pair", async () => {
  desk.onServer("binance-credential", "echo there is no pair on this server yet >&2; exit 1");
  const { code, screen } = await atTerminal("yes\n");
  expect(screen).toContain("there is no pair on this server yet");
  expect(code).toBe(2);
});

test.each([
  ["no JSON", "canary"],
  ["half a pair", '{"apiKey":"canary"}'],
  ["what steers a terminal", JSON.stringify({ apiKey: "canary\u001b[2J", apiSecret: "canary" })],
])("%s is refused, and nothing of it is shown", (_, line) => {
  expect(() => parseShownPair(line)).toThrow("no key pair");
  expect(() => parseShownPair(line)).not.toThrow("canary");
});
