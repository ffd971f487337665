import { describe, expect, test } from "@jest/globals";
import { checkPlaceholders } from "../../../../../components/settings/bot/checks/placeholders.ts";
import type { BotSettings } from "../../../../../components/settings/bot/settings.ts";
import { resolved } from "../support.ts";

const file: BotSettings["key"] = { kind: "file", name: "k", template: "", format: "text" };

test.each<[string, BotSettings]>([
  ["those of every bot", { ...resolved, command: ["{program}/x", "{state}", "{credential}"] }],
  ["a key file's", { ...resolved, key: file, environment: { A: "{keyFile}" } }],
  [
    "words that belong to the bot",
    { ...resolved, command: ["/bin/bot", "{}", "{pair}", "{a-b}", '{"x":1}'] },
  ],
])("%s are fine", (_, bot) => {
  expect(checkPlaceholders(bot)).toEqual([]);
});

const readable = "but other users of the server could read the key pair there";
const setKey =
  "Set bot.key: the bot gets the pair in two variables, in a file, or by the path of the credential.";
const all = "The placeholders are {program}, {state}, {keyFile}, {credential}.";

describe("a placeholder that stands for nothing is refused", () => {
  test.each<[string, BotSettings["key"], string, string]>([
    ["apiKey", resolved.key, readable, setKey],
    ["apiSecret", resolved.key, readable, setKey],
    ["keyFile", resolved.key, "but there is no key file", "bot.key.file makes one."],
    ["credential", { kind: "none" }, "but this bot gets no key", "bot.key.path gives it the credential."],
    ["programm", resolved.key, "which is not a placeholder", `The nearest placeholder is {program}. ${all}`],
    ["State", resolved.key, "which is not a placeholder", `The nearest placeholder is {state}. ${all}`],
  ])("{%s} with a key by %j", (name, key, problem, explanation) => {
    const finding = { severity: "error", problem: `contains {${name}}, ${problem}`, explanation };
    expect(checkPlaceholders({ ...resolved, key, command: ["/bin/bot", `x{${name}}`, `{${name}}`] })).toEqual(
      [
        {
          ...finding,
          setting: "bot.command",
          command: 'pulumi config set --path bot.command "… {program} …"',
        },
      ],
    );
    expect(checkPlaceholders({ ...resolved, key, environment: { A: `{${name}}` } })).toEqual([
      {
        ...finding,
        setting: "bot.environment.A",
        command: "pulumi config set --path bot.environment.A VALUE",
      },
    ]);
  });

  test("in each part that has it", () => {
    const bot = { ...resolved, workingDirectory: "{apiKey}", environment: { A: "{apiKey}{apiSecret}" } };
    expect(checkPlaceholders(bot).map(({ setting }) => setting)).toEqual([
      "bot.workingDirectory",
      "bot.environment.A",
      "bot.environment.A",
    ]);
  });
});
