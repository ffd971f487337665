import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { historyTable, parseHistory } from "../../scripts/lib/report/history.ts";
import { outputs } from "../support/fixtures.ts";
import { inBrackets, plain } from "../support/styles.ts";
import { OperatorComputer } from "./operator-computer.ts";

/** A journal with one message each minute, as journalctl prints it. */
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
  "activated 0123456789ab, the bot runs with it",
  "refused abcdef012345: it may withdraw",
  "rolled back to 0123456789ab: the bot did not run with fedcba987654",
  "shown 0123456789ab to admin",
  "removed 0123456789ab",
);

describe("npm run history", () => {
  let computer: OperatorComputer;
  beforeAll(() => {
    computer = new OperatorComputer(outputs);
  });
  afterAll(() => {
    computer.remove();
  });

  test("shows what happened to the key pair, without colours in a pipe", async () => {
    computer.addServerProgram("journalctl", `cat <<'END'\n${life}\nEND`);
    const { code, stdout } = await computer.run("history.ts", []);
    expect(code).toBe(0);
    expect(stdout).toBe(historyTable(parseHistory(life), plain));
    expect(computer.calls.at(-1)).toContain("--identifier=binance-credential --output=json");
    expect(computer.temporaryFiles).toEqual([]);
  });

  test("says from when on the bot didn't get the pair, and that it is in paper mode now", async () => {
    const computer = new OperatorComputer({ ...outputs, botMode: "paper" });
    const change = "changed to paper mode 0123456789ab: the bot no longer gets this pair";
    computer.addServerProgram("journalctl", `cat <<'END'\n${journal(change)}\nEND`);
    const { stdout } = await computer.run("history.ts", []);
    expect(stdout).toContain("changed to paper mode  0123456789ab  the bot no longer gets this pair\n");
    expect(stdout).toContain("\nThe bot is in paper mode: it doesn't get the live key pair");
    const { stdout: json } = await computer.run("history.ts", ["--json"]);
    expect(JSON.parse(json)).toHaveLength(1);
    computer.remove();
  });

  test("has colours in a terminal, unless NO_COLOR is set", async () => {
    computer.addServerProgram("journalctl", `cat <<'END'\n${life}\nEND`);
    const { screen } = await computer.runInTerminal("history.ts", []);
    expect(screen).toContain("\x1b[31mrolled back to\x1b[39m");
    const { screen: colourless } = await computer.runInTerminal("history.ts", [], {
      environment: { NO_COLOR: "1" },
    });
    expect(colourless).toContain("rolled back to");
    expect(colourless).not.toContain("\x1b");
  });

  test("prints the same as JSON", async () => {
    computer.addServerProgram("journalctl", `cat <<'END'\n${life}\nEND`);
    const { stdout } = await computer.run("history.ts", ["--json"]);
    expect(JSON.parse(stdout)).toEqual(parseHistory(life));
  });

  test("says that there was no key pair yet", async () => {
    computer.addServerProgram("journalctl", "exit 0");
    expect(await computer.run("history.ts", [])).toMatchObject({
      code: 0,
      stdout: "No key pair has been on this server yet.\n",
    });
  });

  test("says what to do if the server can't be reached", async () => {
    const { code, stdout, stderr } = await computer.run("history.ts", [], {
      routes: {
        server: "ssh: connect to host 203.0.113.10 port 22: Connection timed out",
        direct: undefined,
      },
    });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^Can't connect to 203\.0\.113\.10: the server doesn't answer\. .*adminCidrs/);
    expect(computer.temporaryFiles).toEqual([]);
  });

  test.each(["garbage", "{}"])("shows nothing if the answer isn't the journal: %s", async (garbage) => {
    computer.addServerProgram("journalctl", `cat <<'END'\n${life}\n${garbage}\nEND`);
    expect(await computer.run("history.ts", [])).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("line 7 of the answer isn't a journal entry"),
    });
  });

  test("says why the journal can't be read", async () => {
    computer.addServerProgram("journalctl", "echo No journal files were found. >&2; exit 1");
    expect(await computer.run("history.ts", [])).toMatchObject({
      code: 2,
      stderr: "The server's journal can't be read. journalctl printed:\nNo journal files were found.\n",
    });
  });
});

test("each line has a time, an action, a key pair, and the result", () => {
  expect(historyTable(parseHistory(life), plain)).toBe(
    [
      "When (UTC)           What            Key pair      Result or reason",
      "2026-11-24 12:00:00  delivered       0123456789ab",
      "2026-11-24 12:01:00  activated       0123456789ab  the bot runs with it",
      "2026-11-24 12:02:00  refused         abcdef012345  it may withdraw",
      "2026-11-24 12:03:00  rolled back to  0123456789ab  the bot did not run with fedcba987654",
      "2026-11-24 12:04:00  shown           0123456789ab  to admin",
      "2026-11-24 12:05:00  removed         0123456789ab",
      "",
    ].join("\n"),
  );
});

test("what went wrong is red, what became live is green", () => {
  const table = historyTable(parseHistory(life), inBrackets);
  expect(table).toContain("green(activated     )");
  expect(table).toContain("red(refused       )");
  expect(table).toContain("red(rolled back to)");
  expect(table.match(/(?:red|green)\(/g)).toHaveLength(3);
});

test("a message of an unknown form is shown as it is", () => {
  const events = parseHistory(`${journal("Something Else: happened", [206, 169, 27])}\n`);
  expect(events.map(({ what, fingerprint }) => [what, fingerprint])).toEqual([
    ["Something Else: happened", null],
    ["Ω", null],
  ]);
});

test("nothing in a journal can control the terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (message) => {
      expect(historyTable(parseHistory(journal(message)), plain)).toMatch(/^[^\p{Cc}]*\n[^\p{Cc}]*\n$/u);
    }),
  );
});
