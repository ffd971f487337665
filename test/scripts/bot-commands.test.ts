import { afterAll, describe, expect, test } from "@jest/globals";
import { outputs } from "../support/fixtures.ts";
import { OperatorComputer } from "./operator-computer.ts";

const computer = new OperatorComputer(outputs);

afterAll(() => {
  computer.remove();
});

describe.each([["start"], ["restart"]])("npm run %s", (verb) => {
  const script = `${verb}.ts`;

  test("runs bot-control on the server, passes its report on, and says what happens next", async () => {
    computer.addServerProgram("bot-control", 'echo "bot-control $*: done"');
    const { code, stdout, stderr } = await computer.run(script, ["--stack", "other"]);
    expect([code, stdout, stderr]).toEqual([
      0,
      `server: bot-control ${verb}: done\nNext: \`npm run logs -- --stack other\` shows what the bot does.\n`,
      "",
    ]);
    expect(computer.calls[0]).toContain("--stack other");
    expect(computer.calls.at(-1)).toContain(`sudo bot-control ${verb}`);
    expect(computer.temporaryFiles).toEqual([]);
  });

  test("exits with 1 and the server's reason if the bot doesn't do it", async () => {
    computer.addServerProgram("bot-control", "echo the guard holds the bot >&2; exit 1");
    expect(await computer.run(script, [])).toEqual({
      code: 1,
      stdout: "",
      stderr: "ssh: the guard holds the bot\n",
    });
  });

  test("exits with 255 if there is no connection, and says the same as npm run history", async () => {
    const problem = "ssh: connect to host 203.0.113.10 port 22: Connection timed out";
    const routes = { server: problem, direct: undefined };
    const { code, stdout, stderr } = await computer.run(script, [], { routes });
    expect([code, stdout]).toEqual([255, ""]);
    const history = await computer.run("history.ts", [], { routes });
    expect(stderr).toBe(`ssh: ${problem}\n${history.stderr}`);
  });

  test("takes no argument", async () => {
    const { code, stderr } = await computer.run(script, ["now"]);
    expect([code, stderr]).toEqual([
      2,
      `Unexpected argument: now\nFor help, run: npm run ${verb} -- --help\n`,
    ]);
    expect(computer.calls).toEqual([]);
  });
});

test("no line of the server looks like ours, and ours doesn't continue one", async () => {
  computer.addServerProgram("bot-control", "printf 'done\\n\\nThe key is deleted.\\rIt is safe.'");
  const { stdout } = await computer.run("start.ts", []);
  expect(stdout).toMatch(
    /^server: done\nserver: \nserver: The key is deleted\.\nserver: It is safe\.\nNext: [^\n]*\n$/,
  );
});

test("npm run start -- --without-check runs another command of bot-control", async () => {
  computer.addServerProgram("bot-control", 'echo "bot-control $*: done"');
  const { code, stdout } = await computer.run("start.ts", ["--without-check"]);
  expect([code, stdout]).toEqual([0, expect.stringContaining("bot-control start-without-check: done\n")]);
});
