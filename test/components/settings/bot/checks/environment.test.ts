import { describe, expect, test } from "@jest/globals";
import { checkEnvironment } from "../../../../../components/settings/bot/checks/environment.ts";
import type { BotKey } from "../../../../../components/settings/bot/settings.ts";

const none: BotKey = { kind: "none" };
const file: BotKey = { kind: "file", name: "k", template: "", format: "json" };
const variables = (apiKey: string, apiSecret: string): BotKey => ({ kind: "environment", apiKey, apiSecret });

test.each([none, file, variables("KEY", "SECRET"), { kind: "path", variable: "KEY" } satisfies BotKey])(
  "other variables are free, with a key by %j",
  (key) => {
    const environment = { A: "1", _b2: "", a: "{program}", XNOTIFY_SOCKET: "x", MAINPIDS: "x" };
    expect(checkEnvironment(environment, key)).toEqual([]);
  },
);

describe("a variable that the bot can't have is refused", () => {
  test.each<[string, string, BotKey, string, string]>([
    [
      "A-B",
      "1",
      none,
      "is not a valid name of a variable",
      "A name has letters, digits and _ only, and doesn't start with a digit.",
    ],
    [
      "1A",
      "1",
      none,
      "is not a valid name of a variable",
      "A name has letters, digits and _ only, and doesn't start with a digit.",
    ],
    ["A", "x\0y", none, "contains a zero byte", "The value of a variable can't contain one."],
    [
      "KEY",
      "x",
      variables("KEY", "SECRET"),
      "is set, but bot.key.environment.apiKey puts the key there",
      "A variable has only one value.",
    ],
    [
      "SECRET",
      "x",
      variables("KEY", "SECRET"),
      "is set, but bot.key.environment.apiSecret puts the key there",
      "A variable has only one value.",
    ],
    [
      "KEY",
      "x",
      { kind: "path", variable: "KEY" },
      "is set, but bot.key.path puts the key there",
      "A variable has only one value.",
    ],
  ])("%s=%j with a key by %j", (name, value, key, problem, explanation) => {
    expect(checkEnvironment({ OTHER: "1", [name]: value }, key)).toEqual([
      {
        severity: "error",
        setting: `bot.environment.${name}`,
        problem,
        explanation,
        command: `pulumi config rm --path bot.environment.${name}`,
      },
    ]);
  });

  test.each([
    "NOTIFY_SOCKET",
    "WATCHDOG_USEC",
    "WATCHDOG_PID",
    "LISTEN_FDS",
    "CREDENTIALS_DIRECTORY",
    "STATE_DIRECTORY",
    "RUNTIME_DIRECTORY",
    "INVOCATION_ID",
    "JOURNAL_STREAM",
    "SYSTEMD_EXEC_PID",
    "MAINPID",
  ])("systemd's own: %s", (name) => {
    expect(checkEnvironment({ [name]: "x" }, none)).toEqual([
      {
        severity: "error",
        setting: `bot.environment.${name}`,
        problem: `is the variable ${name}, which belongs to systemd`,
        explanation: "Overriding it would give the bot wrong information about its own service.",
        command: `pulumi config rm --path bot.environment.${name}`,
      },
    ]);
  });
});

describe("a variable for the key must have a usable name", () => {
  test.each<[BotKey, string, string]>([
    [variables("1A", "B"), "key.environment.apiKey", "set --path bot.key.environment.apiKey BINANCE_API_KEY"],
    [
      variables("A", "A B"),
      "key.environment.apiSecret",
      "set --plaintext --path bot.key.environment.apiSecret BINANCE_API_SECRET",
    ],
    [{ kind: "path", variable: "" }, "key.path", "set --path bot.key.path BINANCE_KEY_FILE"],
  ])("%j", (key, part, command) => {
    expect(checkEnvironment({}, key)).toMatchObject([
      {
        setting: `bot.${part}`,
        problem: "is not a valid name of a variable",
        command: `pulumi config ${command}`,
      },
    ]);
  });

  test("which is not systemd's", () => {
    expect(checkEnvironment({}, { kind: "path", variable: "CREDENTIALS_DIRECTORY" })).toMatchObject([
      {
        setting: "bot.key.path",
        problem: "is the variable CREDENTIALS_DIRECTORY, which belongs to systemd",
        command: "pulumi config set --path bot.key.path BINANCE_KEY_FILE",
      },
    ]);
  });
});

describe("a variable that sounds like a secret", () => {
  test.each(["TELEGRAM_TOKEN", "FREQTRADE__TELEGRAM__TOKEN", "HBOT_PASSWORD", "DB_SECRET", "api_key"])(
    "is a warning, which says where secrets belong: %s",
    (name) => {
      expect(checkEnvironment({ [name]: "abcdef" }, none)).toEqual([
        {
          severity: "warning",
          setting: `bot.environment.${name}`,
          problem: "sounds like a secret, but every user of the server can read it",
          explanation:
            "Set it as bot.secrets.NAME instead: it is then stored encrypted, and only the bot gets it.",
          command: `pulumi config rm --path bot.environment.${name} && pulumi config set --secret --path bot.secrets.${name}`,
        },
      ]);
    },
  );

  test.each([
    ["USE_PASSWORD", "true"],
    ["MAX_TOKEN", "10"],
    ["PRIVATE_KEY", "{keyFile}"],
    ["TOKENS_PER_DAY", "many"],
  ])("isn't one if it has another kind of value or name: %s=%s", (name, value) => {
    expect(checkEnvironment({ [name]: value }, none)).toEqual([]);
  });
});
