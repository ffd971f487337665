import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseHistory } from "../../scripts/lib/report/history.ts";
import { historyTable } from "../../scripts/lib/report/history-table.ts";
import { outputs } from "./stack.ts";
import { Desk } from "./tools.ts";

/** A journal with one message a minute, as journalctl prints it. */
function journal(...messages: (string | number[])[]): string {
  return messages
    .map((message, index) =>
      JSON.stringify({
        __REALTIME_TIMESTAMP: String((Date.parse("2026-11-24T12:00:00Z") + index * 60_000) * 1000),
        SYSLOG_IDENTIFIER: "binance-credential",
        MESSAGE: message,
      }),
    )
    .join("\n");
}

const life = journal(
  "delivered 0123456789ab",
  "activated 0123456789ab, the bot runs on it",
  "refused abcdef012345: it may withdraw",
  "rolled back to 0123456789ab: the bot did not run on fedcba987654",
  "shown 0123456789ab to admin",
  "removed 0123456789ab",
);

describe("npm run history", () => {
  let desk: Desk;
  beforeAll(() => {
    desk = new Desk(outputs);
  });
  afterAll(() => {
    desk.remove();
  });

  test("shows what has happened to the key pair, without colours into a pipe", async () => {
    desk.onServer("journalctl", `cat <<'END'\n${life}\nEND`);
    const { code, stdout } = await desk.run("history.ts", []);
    expect(code).toBe(0);
    expect(stdout).toBe(historyTable(parseHistory(life), false));
    expect(desk.called.at(-1)).toContain("--identifier=binance-credential --output=json");
    expect(desk.keyFiles).toEqual([]);
  });

  test("gives the same to a program as JSON", async () => {
    desk.onServer("journalctl", `cat <<'END'\n${life}\nEND`);
    const { stdout } = await desk.run("history.ts", ["--json"]);
    expect(JSON.parse(stdout)).toEqual(parseHistory(life));
  });

  test("says that nothing has happened yet", async () => {
    desk.onServer("journalctl", "exit 0");
    const { code, stdout } = await desk.run("history.ts", []);
    expect(code).toBe(0);
    expect(stdout).toContain("Nothing has happened");
  });

  test("says why the journal can't be read", async () => {
    desk.onServer("journalctl", "echo No journal files were found. >&2; exit 1");
    const { code, stderr } = await desk.run("history.ts", []);
    expect(code).toBe(2);
    expect(stderr).toContain("No journal files were found.");
  });
});

test("each line names when, what, which pair, and what came of it", () => {
  expect(historyTable(parseHistory(life), false)).toBe(
    [
      "When (UTC)           What            Key pair      What came of it",
      "2026-11-24 12:00:00  delivered       0123456789ab",
      "2026-11-24 12:01:00  activated       0123456789ab  the bot runs on it",
      "2026-11-24 12:02:00  refused         abcdef012345  it may withdraw",
      "2026-11-24 12:03:00  rolled back to  0123456789ab  the bot did not run on fedcba987654",
      "2026-11-24 12:04:00  shown           0123456789ab  to admin",
      "2026-11-24 12:05:00  removed         0123456789ab",
      "",
    ].join("\n"),
  );
});

test("a line of an unknown form is shown as it is, and what is no line of a journal is left out", () => {
  const events = parseHistory(`${journal("Something Else: happened", [206, 169, 27])}\ncanary\n{}\n`);
  expect(events.map(({ what, fingerprint }) => [what, fingerprint])).toEqual([
    ["Something Else: happened", null],
    ["Ω", null],
  ]);
});

test("nothing in a journal can steer the terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (message) => {
      expect(historyTable(parseHistory(journal(message)), false)).toMatch(/^[^\p{Cc}]*\n[^\p{Cc}]*\n$/u);
    }),
  );
});

test("a terminal sees at once what went wrong", () => {
  const events = parseHistory(life);
  expect(historyTable(events, true)).toContain("\x1b[31mrolled back to\x1b[0m");
  expect(historyTable(events, false)).not.toContain("\x1b");
});
