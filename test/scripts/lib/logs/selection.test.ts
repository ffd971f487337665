import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import { journalCommand, type LogSelection } from "../../../../scripts/lib/logs/selection.ts";

const everything: LogSelection = {
  lines: undefined,
  since: undefined,
  grep: undefined,
  errors: false,
  follow: false,
};

/** The options of journalctl that say which lines, and how they are shown. */
function options(selection: Partial<LogSelection>): string[] {
  const command = journalCommand({ ...everything, ...selection });
  return (command.match(/--(since|lines|no-tail|grep|follow|no-pager)(='[^']*'|=[^\s;]*)?/g) ?? []).filter(
    (option) => option !== "--lines",
  );
}

test.each<[string, Partial<LogSelection>, string[]]>([
  ["nothing: the last 50", {}, ["--lines=50", "--no-pager"]],
  ["--lines", { lines: "7", follow: true }, ["--lines=7", "--follow"]],
  ["--since: all since then", { since: "2h" }, ["--since=-2h", "--no-tail", "--no-pager"]],
  ["minutes, which m isn't for systemd", { since: "30m" }, ["--since=-30min", "--no-tail", "--no-pager"]],
  ["a day", { since: "2026-11-28" }, ["--since='2026-11-28 00:00 UTC'", "--no-tail", "--no-pager"]],
  ["a time", { since: "2026-11-28T14:30Z" }, ["--since='2026-11-28 14:30 UTC'", "--no-tail", "--no-pager"]],
  ["both", { since: "1w", lines: "5" }, ["--since=-1w", "--lines=5", "--no-pager"]],
  [
    "--grep: a day, and not only its last lines",
    { grep: "btc", follow: true },
    ["--since=-1d", "--no-tail", "--grep='(?i)btc'", "--follow"],
  ],
  [
    "--grep and --since",
    { grep: "BTC", since: "3d" },
    ["--since=-3d", "--no-tail", "--grep=BTC", "--no-pager"],
  ],
])("with %s", (_, selection, expected) => {
  expect(options(selection)).toEqual(expected);
});

test.each<[Partial<LogSelection>, string]>([
  [{ lines: "ten" }, '--lines must be a number of up to 6 digits, not "ten".'],
  [{ since: "yesterday" }, '--since must be a time in UTC, such as 2026-11-28 or "2026-11-28 14:30"'],
  [{ since: "2026-13-01" }, "--since must be a time"],
  [{ since: "-2h" }, "--since must be a time"],
  [{ grep: "" }, "--grep needs a text."],
  [{ grep: "x", lines: "3", follow: true }, "add --no-follow to --lines"],
])("refuses %j", (selection, message) => {
  expect(() => journalCommand({ ...everything, ...selection })).toThrow(message);
});

test("nothing of a pattern is a command for the server's shell", () => {
  const grep = 'a\'b$(touch /nowhere) "c" `d` \\w; e';
  const shown = "sudo() { printf '%s\\n' \"$@\"; }\n";
  const command = shown + journalCommand({ ...everything, grep });
  const stdout = execFileSync("bash", ["-c", command], { encoding: "utf8" });
  expect(stdout.split("\n")).toContain(`--grep=(?i)${grep}`);
});

describe("--errors and --grep", () => {
  /** Whether a line matches the pattern that the server gets. JavaScript doesn't know the option (?i). */
  const matches = (selection: Partial<LogSelection>, line: string) => {
    const [, pattern = ""] =
      /--grep='([^']*)'/.exec(journalCommand({ ...everything, errors: true, ...selection })) ?? [];
    return new RegExp(pattern.replaceAll("(?i)", ""), "i").test(line);
  };

  test.each([
    "2026-11-28 04:00:00,000 - freqtrade.worker - ERROR - Could not load markets",
    "Traceback (most recent call last):",
    "ccxt.base.errors.ExchangeError: binance -2015",
    "TypeError: x is not a function",
    "[ERROR] LiveClock: panicked",
    "thread 'main' panicked at src/main.rs",
    "Unhandled rejection",
  ])("finds %s", (line) => {
    expect(matches({}, line)).toBe(true);
  });

  test.each(["order accepted", "a mirror", "terrors"])("doesn't find %s", (line) => {
    expect(matches({}, line)).toBe(false);
  });

  test("together find what both match, in any order", () => {
    expect(matches({ grep: "BTC" }, "BTC: ERROR")).toBe(true);
    expect(matches({ grep: "BTC" }, "ERROR in BTC")).toBe(true);
    expect(matches({ grep: "BTC" }, "ERROR in ETH")).toBe(false);
    expect(matches({ grep: "BTC" }, "BTC is bought")).toBe(false);
  });
});
