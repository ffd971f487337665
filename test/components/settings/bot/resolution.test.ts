import { describe, expect, test } from "@jest/globals";
import { accepted, key, parse, resolved, sound } from "./support.ts";

describe("a preset", () => {
  test("starts freqtrade with its state apart from its program, and with the watchdog", () => {
    expect(accepted({ preset: "freqtrade" })).toEqual({
      ...resolved,
      hasDryRun: true,
      command:
        "{program}/.venv/bin/freqtrade trade --config {program}/config.json --userdir {state} --strategy-path {program}/strategies".split(
          " ",
        ),
      environment: { FREQTRADE__USER_DATA_DIR: "{state}", FREQTRADE__INTERNALS__SD_NOTIFY: "true" },
      key: {
        kind: "environment",
        apiKey: "FREQTRADE__EXCHANGE__KEY",
        apiSecret: "FREQTRADE__EXCHANGE__SECRET",
      },
      watchdogSeconds: 300,
    });
  });

  test("lets freqtrade send no keep-alives if the watchdog is off", () => {
    expect(accepted({ preset: "freqtrade", watchdogSeconds: 0 }).environment).toEqual({
      FREQTRADE__USER_DATA_DIR: "{state}",
    });
  });

  test("starts NautilusTrader", () => {
    expect(accepted({ preset: "nautilus-trader" })).toEqual({
      ...resolved,
      command: ["{program}/.venv/bin/python", "{program}/main.py"],
      connectionMinutes: 5,
    });
    expect(accepted({ preset: "nautilus-trader", connectionMinutes: 0 }).connectionMinutes).toBe(0);
  });

  test("lets a ccxt program generate code while it runs, and needs its command", () => {
    expect(parse({ preset: "ccxt" }).findings).toMatchObject([
      { setting: "bot.command", problem: "is missing" },
    ]);
    expect(accepted({ preset: "ccxt", command: "/usr/bin/node {program}/bot.js" })).toEqual({
      ...resolved,
      command: ["/usr/bin/node", "{program}/bot.js"],
      profile: "jit",
      key: { kind: "environment", apiKey: "BINANCE_APIKEY", apiSecret: "BINANCE_SECRET" },
    });
  });

  test("may leave the server without a bot", () => {
    expect(accepted({ preset: "none" })).toEqual({ ...resolved, command: [], key: { kind: "none" } });
  });

  test("is overridden by what the user sets", () => {
    const bot = accepted({
      ...sound,
      preset: "freqtrade",
      workingDirectory: "{program}",
      profile: "jit",
      watchdogSeconds: 900,
      mayEnd: true,
      environment: { FREQTRADE__INTERNALS__SD_NOTIFY: "t", FREQTRADE__DRY_RUN: true },
    });
    expect(bot).toEqual({
      ...resolved,
      hasDryRun: true,
      workingDirectory: "{program}",
      profile: "jit",
      watchdogSeconds: 900,
      mayEnd: true,
      environment: { FREQTRADE__INTERNALS__SD_NOTIFY: "t", FREQTRADE__DRY_RUN: "true" },
    });
  });

  test("gives its bot no key if the user sets none", () => {
    expect(accepted({ preset: "freqtrade", key: "none" }).key).toEqual({ kind: "none" });
  });
});

describe("a bot gets its key", () => {
  test.each<[unknown, object]>([
    [key, resolved.key],
    [
      { file: { name: "k.json", template: '["{apiKey}","{apiSecret}"]' } },
      { kind: "file", name: "k.json", template: '["{apiKey}","{apiSecret}"]', format: "json" },
    ],
    [
      { file: { name: "k.ini", template: "{apiKey}{apiSecret}", format: "text" } },
      { kind: "file", name: "k.ini", template: "{apiKey}{apiSecret}", format: "text" },
    ],
    [{ path: "KEY_FILE" }, { kind: "path", variable: "KEY_FILE" }],
    ["none", { kind: "none" }],
  ])("by %j", (way, expected) => {
    const bot = parse({ command: "{program}/bot", key: way, environment: { FILE: "x" } }).bot;
    expect(bot?.key).toEqual(expected);
  });

  const oneWay = "A bot gets its key in one way: environment, file or path.";
  test.each<[string, object, object]>([
    [
      "by none of the ways",
      { key: {} },
      { problem: "is empty", explanation: oneWay, command: "pulumi config rm --path bot.key" },
    ],
    [
      "by two ways",
      { key: { ...key, path: "A" } },
      {
        problem: "has environment and path at the same time",
        explanation: oneWay,
        command: "pulumi config rm --path bot.key",
      },
    ],
    [
      "by nothing that is set",
      { key: undefined },
      {
        problem: "is missing",
        explanation:
          "It says how the bot gets its key: in two variables (key.environment), in a file (key.file), by a path (key.path), or not at all (none).",
        command: "pulumi config set --path bot.key none",
      },
    ],
  ])("and not %s", (_, changes, finding) => {
    expect(parse({ ...sound, ...changes })).toEqual({
      bot: undefined,
      findings: [{ severity: "error", setting: "bot.key", ...finding }],
    });
  });
});

describe("a bot without a usable command is refused", () => {
  const needed =
    "It starts the bot. If this program should run no bot on the server: pulumi config set --path bot.preset none";
  test.each<[string, object, string, string]>([
    ["none", { command: undefined }, "is missing", needed],
    ["an empty string", { command: " " }, "is empty", needed],
    ["an empty list", { command: [] }, "is empty", needed],
    ["an empty string with the preset none", { preset: "none", command: "" }, "is empty", needed],
    [
      "an open quote",
      { command: "/bin/bot 'x" },
      "has a quote that isn't closed, or ends with a backslash",
      "Quotes keep words with spaces together. You can also set a list: --path 'bot.command[0]', and so on.",
    ],
  ])("%s", (_, changes, problem, explanation) => {
    expect(parse({ ...sound, ...changes })).toEqual({
      bot: undefined,
      findings: [
        {
          severity: "error",
          setting: "bot.command",
          problem,
          explanation,
          command: 'pulumi config set --path bot.command "{program}/.venv/bin/python {program}/main.py"',
        },
      ],
    });
  });
});
