import { describe, expect, test } from "@jest/globals";
import { readBot } from "../../../../components/settings/bot/issues.ts";
import { sound } from "./support.ts";

function findings(bot: unknown) {
  return readBot(JSON.stringify(bot)).findings;
}

describe("a single value instead of parts is refused", () => {
  test.each(["freqtrade", '"freqtrade"', "5", "[]", "null", "{"])("%s", (text) => {
    expect(readBot(text)).toEqual({
      shape: undefined,
      malformed: new Set(),
      findings: [
        {
          severity: "error",
          setting: "bot",
          problem: "must have parts, but is a single value",
          explanation: "Set each part by its own name, with --path. docs/bot-settings.md lists all parts.",
          command: "pulumi config rm bot && pulumi config set --path bot.preset freqtrade",
        },
      ],
    });
  });
});

const allParts =
  "The known names are bot.preset, bot.mode, bot.command, bot.workingDirectory, bot.environment, bot.secrets, bot.key, bot.profile, bot.watchdogSeconds, bot.connectionMinutes, bot.mayEnd, bot.executableTmp, bot.packages, bot.hosts, bot.ui.";

test("the name of a part can't put code into the command that removes it", () => {
  expect(findings({ ...sound, "x$(id)": 5 })).toMatchObject([
    { command: "pulumi config rm --path 'bot.x$(id)'" },
  ]);
});

describe("a part that doesn't exist is refused, with the nearest known name", () => {
  test.each<[string, unknown, string, string]>([
    ["a part", { ...sound, comand: "x" }, "bot.comand", "The nearest known name is bot.command."],
    [
      "a part of a part",
      { ...sound, key: { environment: { apikey: "A", apiKey: "A", apiSecret: "B" } } },
      "bot.key.environment.apikey",
      "The nearest known name is bot.key.environment.apiKey.",
    ],
    [
      "a part of the key file",
      { ...sound, key: { file: { name: "x", template: "", nam: "x" } } },
      "bot.key.file.nam",
      "The nearest known name is bot.key.file.name.",
    ],
    [
      "a way to get the key",
      { ...sound, key: { enviroment: {} } },
      "bot.key.enviroment",
      "The nearest known name is bot.key.environment.",
    ],
    ["a name that every object has", { ...sound, constructor: 5 }, "bot.constructor", allParts],
    ["a part with no name near it", { ...sound, something: 5 }, "bot.something", allParts],
    [
      "a way with no name near it",
      { ...sound, key: { vault: "x" } },
      "bot.key.vault",
      "The known names are bot.key.environment, bot.key.file, bot.key.path.",
    ],
  ])("%s", (_, bot, setting, explanation) => {
    expect(findings(bot)).toEqual([
      {
        severity: "error",
        setting,
        problem: "is not a setting of the bot",
        explanation,
        command: `pulumi config rm --path ${setting}`,
      },
    ]);
  });
});

const set = (part: string) => `pulumi config set --path bot.${part}`;
const remove = (part: string) => `pulumi config rm --path bot.${part}`;
const list = { problem: "must be a string or a list of strings" };
const variable = {
  problem: "must be the name of an environment variable",
  explanation: "docs/bot-settings.md describes each part.",
};
const seconds = {
  problem: "must be 0 or a whole number from 10 to 3600",
  explanation:
    "The bot is restarted if it sends no keep-alive within this number of seconds. 0 turns the watchdog off.",
  command: `${set("watchdogSeconds")} 300`,
};
const minutes = {
  problem: "must be 0 or a whole number from 5 to 60",
  explanation:
    "The bot is restarted if it has had no open connection to Binance's streams for this number of minutes. 0 turns this off.",
  command: `${set("connectionMinutes")} 5`,
};
const value = {
  problem: "must be a string, a number, true or false",
  explanation: "A whole number of more than 15 digits needs quotes in the stack's file.",
};
const way = {
  problem: "must be none, or have one of the parts environment, file and path",
  explanation: "environment: two variables; file: a file made from a template; path: the credential's path.",
  command: `${remove("key")} && ${set("key.environment.apiKey")} BINANCE_API_KEY`,
};

describe("a part of the wrong form is refused, with the rule and an example", () => {
  test.each<[string, unknown, object]>([
    [
      "preset",
      "hummingbot",
      {
        problem: "must be one of freqtrade, nautilus-trader, ccxt, none",
        explanation: "docs/bot-settings.md says what each preset sets.",
        command: `${set("preset")} freqtrade`,
      },
    ],
    [
      "command",
      5,
      {
        ...list,
        explanation: "It is the command that starts the bot, as you would type it.",
        command: `${set("command")} "{program}/.venv/bin/python {program}/main.py"`,
      },
    ],
    ["command", ["/bin/bot", {}], list],
    [
      "workingDirectory",
      1,
      {
        problem: "must be a string",
        explanation:
          "It is the folder in which the bot starts. {state} is the one that the bot can write to.",
        command: `${set("workingDirectory")} {state}`,
      },
    ],
    [
      "environment",
      "A=1",
      {
        problem: "must be a map of variable names to values",
        explanation: "Set each variable by its own name:",
        command: `${remove("environment")} && ${set("environment.NAME")} VALUE`,
      },
    ],
    ["environment.A", 2 ** 60, { ...value, command: `${set("environment.A")} VALUE` }],
    ["environment.A", {}, value],
    ["environment.toString", {}, value],
    ["key", "env", way],
    ["key", ["none"], way],
    [
      "key.environment",
      "A",
      {
        problem: "must have the parts apiKey and apiSecret",
        explanation: "They are the names of the two variables.",
        command: `${remove("key.environment")} && ${set("key.environment.apiKey")} BINANCE_API_KEY`,
      },
    ],
    [
      "key.file",
      "k.json",
      {
        problem: "must have the parts name and template",
        explanation: "A third part, format, is json or text.",
        command: `${remove("key.file")} && ${set("key.file.name")} config-private.json`,
      },
    ],
    [
      "key.path",
      1,
      {
        problem: "must be the name of an environment variable",
        explanation: "The bot gets the path of the credential in it.",
        command: `${set("key.path")} BINANCE_KEY_FILE`,
      },
    ],
    [
      "profile",
      "loose",
      {
        problem: "must be strict or jit",
        explanation:
          "jit is for runtimes that generate machine code while they run (Node, Java, .NET, numba).",
        command: `${set("profile")} jit`,
      },
    ],
    ["watchdogSeconds", 5, seconds],
    ["watchdogSeconds", 9, seconds],
    ["watchdogSeconds", 3601, seconds],
    ["watchdogSeconds", 60.5, seconds],
    ["watchdogSeconds", "5min", seconds],
    ["watchdogSeconds", "x60", seconds],
    ["watchdogSeconds", "1e2", seconds],
    ["connectionMinutes", 4, minutes],
    ["connectionMinutes", 61, minutes],
    [
      "mayEnd",
      "sometimes",
      {
        problem: "must be true or false",
        explanation: "docs/bot-settings.md describes each part.",
        command: `${set("mayEnd")} true`,
      },
    ],
    [
      "hosts",
      [1],
      {
        problem: "must be a host name or a list of host names",
        explanation: "Set one name, or several separated by commas.",
        command: `${set("hosts")} api.telegram.org`,
      },
    ],
  ])("%s: %j", (part, wrong, finding) => {
    const [outer = "", ...inner] = part.split(".");
    const nested = inner.reduceRight<unknown>((inside, name) => ({ [name]: inside }), wrong);
    expect(findings({ ...sound, [outer]: nested })).toMatchObject([
      { severity: "error", setting: `bot.${part}`, ...finding },
    ]);
  });

  test.each<[string, unknown, object]>([
    [
      "key.environment.apiKey",
      { environment: { apiKey: 5, apiSecret: "A" } },
      { ...variable, command: `${set("key.environment.apiKey")} BINANCE_API_KEY` },
    ],
    [
      "key.environment.apiSecret",
      { environment: { apiKey: "A" } },
      {
        ...variable,
        // Pulumi takes the name for that of a secret.
        command: "pulumi config set --plaintext --path bot.key.environment.apiSecret BINANCE_API_SECRET",
      },
    ],
    [
      "key.file.name",
      { file: { template: "x" } },
      { problem: "must be a file name", command: `${set("key.file.name")} config-private.json` },
    ],
    [
      "key.file.template",
      { file: { name: "a" } },
      {
        problem: "must be the content of the file, as one string",
        explanation: "{apiKey} and {apiSecret} are replaced by the two values.",
        command: `${set("key.file.template")} '{"key": "{apiKey}", "secret": "{apiSecret}"}'`,
      },
    ],
    [
      "key.file.format",
      { file: { name: "a", template: "x", format: "yaml" } },
      { problem: "must be json or text", command: `${set("key.file.format")} json` },
    ],
  ])("%s in %j", (part, wrong, finding) => {
    expect(findings({ ...sound, key: wrong })).toMatchObject([
      { severity: "error", setting: `bot.${part}`, ...finding },
    ]);
  });

  test("and each part once", () => {
    expect(findings({ ...sound, hosts: [1, 2] })).toHaveLength(1);
    expect(findings({ ...sound, environment: { A: {}, B: {} } })).toHaveLength(2);
  });
});

describe("sound values are read", () => {
  test.each([0, 10, 3600, "0", "60"])("watchdogSeconds: %j", (watchdogSeconds) => {
    expect(readBot(JSON.stringify({ watchdogSeconds }))).toEqual({
      shape: { watchdogSeconds: Number(watchdogSeconds) },
      malformed: new Set(),
      findings: [],
    });
  });

  test.each(["freqtrade", "nautilus-trader", "ccxt", "none"])("preset: %s", (preset) => {
    expect(readBot(JSON.stringify({ preset })).shape).toEqual({ preset });
  });

  test.each(["strict", "jit"])("profile: %s", (profile) => {
    expect(readBot(JSON.stringify({ profile })).shape).toEqual({ profile });
  });

  test("a key file is JSON if nothing else is set", () => {
    const file = { name: "a", template: "x" };
    expect(readBot(JSON.stringify({ key: { file } })).shape).toEqual({
      key: { file: { ...file, format: "json" } },
    });
  });

  test.each(["json", "text"])("the format of a key file: %s", (format) => {
    const key = { file: { name: "a", template: "x", format } };
    expect(readBot(JSON.stringify({ key })).shape).toEqual({ key });
  });
});

test("the parts that have the right form are read, whatever the others have", () => {
  const bot = { ...sound, profile: "fast", comand: "x", key: { environment: {} } };
  expect(readBot(JSON.stringify(bot))).toMatchObject({
    shape: { command: sound.command },
    // The misspelled name probably means the command.
    malformed: new Set(["key", "profile", "comand", "command"]),
  });
});
