import { describe, expect, test } from "@jest/globals";
import {
  checkCommand,
  checkWorkingDirectory,
} from "../../../../../components/settings/bot/checks/command.ts";

test.each([
  [[]],
  [["/usr/bin/true"]],
  [["{program}/bot", "--state", "{state}"]],
  [["/usr/bin/python3", "{program}/bot.py"]],
  [["/usr/bin/python3", "-m", "bot"]],
  [["/usr/bin/env", "A=1", "bot"]],
  [["/opt/version=2/bot"]],
  [["/bin/bot", "main.pyc"]],
  [["/bin/bot", "https://main.py"]],
  [["/bin/bot", "a>b", "x|y", "1>>x", "-a&&"]],
])("%j starts a bot", (command) => {
  expect(checkCommand(command, "{state}", true)).toEqual([]);
});

const foreign =
  "The bot can't run a file that it can write, so that an attacker can't plant a program. Programs are below {program}.";
const path = (program: string) =>
  `PATH is not searched. Write the whole path, such as /usr/bin/python3, or "{program}/${program}" for a file that you install.`;
const literally =
  "Put the steps into a script of your program and run that. If you mean it literally, set the command as a list.";
const operators = ["|", "||", "&", "&&", ";", ">", ">>", "2>", "2>>", "2>&1", ">&2", "<", "<<", "<<<"];

describe("a command that can't start, or that doesn't do what it seems to, is refused", () => {
  test.each<[string[], string, string]>([
    [
      ["DEBUG=1", "/bin/bot"],
      "starts by setting the variable DEBUG",
      "The command is not run by a shell. Set the variable with: pulumi config set --path bot.environment.NAME VALUE",
    ],
    [["{state}/bot"], "starts a program that the bot could write to", foreign],
    [["{keyFile}"], "starts a program that the bot could write to", foreign],
    [["{credential}"], "starts a program that the bot could write to", foreign],
    [["python3", "bot.py"], 'starts with "python3", which is not an absolute path', path("python3")],
    [["{program}/"], 'starts with "{program}/", which is not an absolute path', path("{program}/")],
    [["/"], 'starts with "/", which is not an absolute path', path("/")],
    [
      ["x{program}/bot"],
      'starts with "x{program}/bot", which is not an absolute path',
      path("x{program}/bot"),
    ],
    [["x{state}"], 'starts with "x{state}", which is not an absolute path', path("x{state}")],
    [[""], 'starts with "", which is not an absolute path', path("bot")],
    ...operators.map((operator): [string[], string, string] => [
      ["/bin/a", operator, "/bin/b"],
      `contains "${operator}", but it is not run by a shell`,
      literally,
    ]),
  ])("%j", (command, problem, explanation) => {
    expect(checkCommand(command, "{state}", true)).toEqual([
      {
        severity: "error",
        setting: "bot.command",
        problem,
        explanation,
        command: 'pulumi config set --path bot.command "{program}/.venv/bin/python {program}/main.py"',
      },
    ]);
  });

  test("but an operator in a list is meant literally", () => {
    expect(checkCommand(["/bin/a", "&&", "/bin/b"], "{state}", false)).toEqual([]);
  });
});

describe("a program's file that would be looked for in the bot's state", () => {
  test.each(["bot.py", "src/bot.js", "./bot.mjs", "bot.cjs", "bot.ts", "bot.jar", "bot.dll"])(
    "is a warning: %s",
    (file) => {
      expect(checkCommand(["/usr/bin/run", file], "{state}", true)).toEqual([
        {
          severity: "warning",
          setting: "bot.command",
          problem: `contains "${file}", a path in the bot's state and not in its program`,
          explanation: "The bot starts in {state}. A file that you install is below {program}.",
          command: `pulumi config set --path bot.command '/usr/bin/run {program}/${file}'`,
        },
      ]);
    },
  );

  test("can't put code into the command that fixes it", () => {
    expect(checkCommand(["/usr/bin/$(id)", "bot.py"], "{state}", true)).toMatchObject([
      { command: "pulumi config set --path bot.command '/usr/bin/$(id) {program}/bot.py'" },
    ]);
  });

  test("is fine if the bot starts in its program", () => {
    expect(checkCommand(["/usr/bin/python3", "bot.py"], "{program}", true)).toEqual([]);
  });
});

describe("Bun, which reads its settings from the folder in which it starts", () => {
  const warning = {
    severity: "warning",
    setting: "bot.command",
    problem: "starts Bun in a folder that the bot can write to",
    explanation:
      "Bun reads bunfig.toml and .env from the folder in which it starts, and bunfig.toml can name code to run first. So a bot that was tampered with could leave code there for its clean successor.",
    command: "pulumi config set --path bot.workingDirectory {program}",
  };

  test.each([
    [["{program}/bun", "{program}/bot.js"], "{state}"],
    [["/usr/bin/env", "bun", "{program}/bot.js"], "{state}"],
    [["{program}/bin/bunx", "bot"], "{state}/data"],
  ])("is a warning: %j in %s", (command, workingDirectory) => {
    expect(checkCommand(command, workingDirectory, true)).toEqual([warning]);
  });

  test("is a second warning besides a file that would be looked for there", () => {
    const [file, bun] = checkCommand(["{program}/bun", "bot.js"], "{state}", true);
    expect(file?.problem).toContain('contains "bot.js"');
    expect(bun).toEqual(warning);
  });

  test.each([
    [["{program}/bun", "{program}/bot.js"], "{program}"],
    [["{program}/bundle", "{program}/bun.js"], "{state}"],
  ])("is fine: %j in %s", (command, workingDirectory) => {
    expect(checkCommand(command, workingDirectory, true)).toEqual([]);
  });
});

describe("a program that runs code from the folder in which it starts", () => {
  test.each([
    ["R", ["/usr/bin/Rscript", "{program}/bot.R"], ".Rprofile"],
    ["R", ["/usr/bin/R", "--no-save", "--file={program}/bot.R"], ".Rprofile"],
    ["Octave", ["/usr/bin/octave-cli", "{program}/bot.m"], ".octaverc"],
    ["Lua", ["/usr/bin/lua5.4", "{program}/bot.lua"], "modules"],
    ["gunicorn", ["{program}/.venv/bin/gunicorn", "bot:app"], "modules"],
    ["uvicorn", ["{program}/.venv/bin/python", "-m", "uvicorn", "bot:app"], "modules"],
    ["celery", ["{program}/.venv/bin/celery", "worker"], "modules"],
  ])("is a warning in the bot's state, and fine in the program: %s by %j", (name, command, what) => {
    expect(checkCommand(command, "{state}", false)).toEqual([
      expect.objectContaining({
        severity: "warning",
        problem: `starts ${name} in a folder that the bot can write to`,
        explanation: expect.stringContaining(what),
        command: "pulumi config set --path bot.workingDirectory {program}",
      }),
    ]);
    expect(checkCommand(command, "{program}", false)).toEqual([]);
  });

  test("isn't found in a name that only contains its name", () => {
    for (const program of ["Rust", "luajitter", "octaves", "my-gunicorn-bot"]) {
      expect(checkCommand([`{program}/${program}`], "{state}", false)).toEqual([]);
    }
  });
});

describe("the working directory", () => {
  test.each(["/", "/srv/x", "{state}", "{state}/data", "{program}", "{program}/src"])(
    "may be %s",
    (folder) => {
      expect(checkWorkingDirectory(folder)).toEqual([]);
    },
  );

  test.each(["data", "", "./x", "{state}x", "{keyFile}", "x/{state}", "x{program}"])(
    "can't be %j",
    (folder) => {
      expect(checkWorkingDirectory(folder)).toEqual([
        {
          severity: "error",
          setting: "bot.workingDirectory",
          problem: "is not an absolute path",
          explanation:
            "It must start with {state}, which the bot can write to, with {program}, or with a slash.",
          command: "pulumi config set --path bot.workingDirectory {state}",
        },
      ]);
    },
  );
});
