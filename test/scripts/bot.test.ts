import { afterAll, beforeEach, describe, expect, test } from "@jest/globals";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

const computer = new OperatorComputer(outputs);

afterAll(() => {
  computer.remove();
});

describe("npm run bot", () => {
  beforeEach(() => {
    computer.addServerProgram("bot-command", 'for arg; do echo "[$arg]"; done; cat; exit 7');
  });

  test("passes arguments, input, output and exit code of a command on, without the key", async () => {
    const args = ["freqtrade", "show-trades", "--db-url", "a b'c", "$HOME", "--stack", "x"];
    const { code, stdout, stderr } = await computer.run("bot.ts", args, { input: "typed\n" });
    expect([code, stdout, stderr]).toEqual([
      7,
      "[run]\n[freqtrade]\n[show-trades]\n[--db-url]\n[a b'c]\n[$HOME]\n[--stack]\n[x]\ntyped\n",
      "",
    ]);
    expect(computer.temporaryFiles).toEqual([]);
  });

  test("gives it the key only with --with-key, and other secrets also with --with-secrets", async () => {
    const { stdout } = await computer.run("bot.ts", ["--with-key", "python3", "--with-key"]);
    expect(stdout).toBe("[run-with-key]\n[python3]\n[--with-key]\n");
    const secrets = await computer.run("bot.ts", ["--with-secrets", "python3", "--with-key"]);
    expect(secrets.stdout).toBe("[run-with-secrets]\n[python3]\n[--with-key]\n");
    const both = await computer.run("bot.ts", ["--with-secrets", "--with-key", "python3"]);
    expect(both.stdout).toBe("[run-with-key]\n[python3]\n");
  });

  test("shows its output in a terminal without control characters, and leaves it unchanged in a pipe", async () => {
    computer.addServerProgram("bot-command", "printf '\\033[31mred\\033[0m \\033[2J\\n'");
    const { screen } = await computer.runInTerminal("bot.ts", ["hostile"]);
    expect(screen.trim()).toBe("red \ufffd[2J");
    expect((await computer.run("bot.ts", ["hostile"])).stdout).toBe("\x1b[31mred\x1b[0m \x1b[2J\n");
  });

  test("gives it the terminal only with --terminal", async () => {
    computer.addServerProgram("bot-command", "printf '\\033[2Jmenu\\n'");
    const { screen } = await computer.runInTerminal("bot.ts", ["--terminal", "menu"]);
    expect(screen).toContain("\x1b[2Jmenu");
    expect(computer.calls.at(-1)).toContain(" -tt ");
    const { code, stderr } = await computer.run("bot.ts", ["--terminal", "menu"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("--terminal needs a terminal")]);
  });

  test("needs a command", async () => {
    const { code, stderr } = await computer.run("bot.ts", ["--with-key"]);
    expect([code, stderr]).toEqual([
      2,
      "COMMAND is missing: what to run as the bot.\nFor help, run: npm run bot -- --help\n",
    ]);
  });

  test("exits with 255 and the reason if there is no connection", async () => {
    const problem = "ssh: connect to host 203.0.113.10 port 22: Connection timed out";
    const { code, stderr } = await computer.run("bot.ts", ["true"], {
      routes: { server: problem, direct: undefined },
    });
    expect([code, stderr]).toEqual([255, expect.stringContaining("Can't connect to 203.0.113.10")]);
  });
});
