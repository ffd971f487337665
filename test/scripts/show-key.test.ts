import { afterAll, beforeEach, expect, test } from "@jest/globals";
import { parseShownPair } from "../../scripts/lib/report/shown-key-pair.ts";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

const pair = { apiKey: "the-key-of-the-canary", apiSecret: "the-secret-of-the-canary" };
const computer = new OperatorComputer(outputs);

beforeEach(() => {
  addLivePair(`echo '${JSON.stringify(pair)}'`);
});

afterAll(() => {
  computer.remove();
});

/** On a server that has a live pair. */
function addLivePair(show: string): void {
  computer.addServerProgram(
    "binance-credential",
    `[ "$1" = fingerprint ] && exec echo ba9876543210; ${show}`,
  );
}

/** A person answers the question with these keys. */
function answer(type: string) {
  return computer.runInTerminal("show-key.ts", [], { at: "Type yes", type });
}

test("shows the key pair after a yes, and how to clear the screen", async () => {
  const { code, screen } = await answer("yes\n");
  expect(screen).toContain("API key:    the-key-of-the-canary");
  expect(screen).toContain("API secret: the-secret-of-the-canary");
  expect(screen).toContain("clear the screen and its scrollback: clear && printf '\\033[3J'");
  expect(code).toBe(0);
  expect(computer.calls.at(-1)).toContain("sudo binance-credential show");
  expect(computer.temporaryFiles).toEqual([]);
});

test.each([["no\n"], ["\n"], ["y\n"], ["\u0004"]])("reads nothing after the answer %j", async (type) => {
  const { code, screen } = await answer(type);
  expect(screen).toContain("The key pair was not shown.");
  expect(code).toBe(1);
  expect(computer.calls.join("\n")).not.toContain("binance-credential show");
});

test("refuses to write it into a file or a pipe, without a question", async () => {
  const { code, stdout, stderr } = await computer.run("show-key.ts", [], { input: "yes\n" });
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("in a terminal only");
  expect(computer.calls).toEqual([]);
});

test("asks nothing if there is no key pair", async () => {
  computer.addServerProgram("binance-credential", "echo none");
  const { code, screen } = await computer.runInTerminal("show-key.ts", [], { answers: [] });
  expect(screen).toContain("The server has no key pair.");
  expect(screen).not.toContain("Type yes");
  expect(code).toBe(2);
});

test("asks nothing if the server can't show the pair, and says why", async () => {
  addLivePair("echo its private key never leaves this server >&2; exit 1");
  const { code, screen } = await computer.runInTerminal("show-key.ts", [], { answers: [] });
  expect(screen).toContain("its private key never leaves this server");
  expect(screen).not.toContain("Type yes");
  expect(code).toBe(2);
});

test("a server with an older tool says only after the yes that it can't", async () => {
  addLivePair('[ "$1" = may-show ] && exit 2; echo its private key never leaves this server >&2; exit 1');
  const { code, screen } = await answer("yes\n");
  expect(screen).toContain("its private key never leaves this server");
  expect(code).toBe(2);
});

test.each([
  ["text that isn't JSON", "canary"],
  ["half a pair", '{"apiKey":"canary"}'],
  ["a control character", JSON.stringify({ apiKey: "canary\u001b[2J", apiSecret: "canary" })],
])("%s is refused, and nothing of it is shown", (_, line) => {
  expect(() => parseShownPair(line)).toThrow("isn't a key pair");
  expect(() => parseShownPair(line)).not.toThrow("canary");
});
