import { describe, expect, test } from "@jest/globals";
import { checkKey } from "../../../../../components/settings/bot/checks/key.ts";
import type { BotKey, BotSettings } from "../../../../../components/settings/bot/settings.ts";
import { resolved } from "../support.ts";

const template = '{"a":"{apiKey}","b":"{apiSecret}"}';

function withFile(changes: Partial<Extract<BotKey, { kind: "file" }>>): BotSettings {
  return {
    ...resolved,
    command: ["{program}/bot", "{keyFile}"],
    key: { kind: "file", name: "k.json", template, format: "json", ...changes },
  };
}

const pair = { apiKey: "k".repeat(64), apiSecret: "s".repeat(64) };
const pemPair = { apiKey: "k".repeat(64), apiSecret: "-----BEGIN\nx\n" };

test.each<[string, BotSettings]>([
  ["two variables", resolved],
  ["a path", { ...resolved, key: { kind: "path", variable: "A" } }],
  ["nothing", { ...resolved, key: { kind: "none" } }],
  ["a file of JSON", withFile({})],
  ["a file of text", withFile({ format: "text", template: "{apiKey}:{apiSecret}" })],
  ["a file with a long name", withFile({ name: "k".repeat(100) })],
  [
    "a file that a variable names",
    { ...withFile({}), command: ["/bin/bot"], environment: { FILE: "{keyFile}" } },
  ],
  ["a file without a bot", { ...withFile({}), command: [] }],
])("a bot may get its key by %s", (_, bot) => {
  expect(checkKey(bot, undefined)).toEqual([]);
  expect(checkKey(bot, pair)).toEqual([]);
});

test("one variable for both values is refused", () => {
  expect(checkKey({ ...resolved, key: { kind: "environment", apiKey: "A", apiSecret: "A" } }, pair)).toEqual([
    {
      severity: "error",
      setting: "bot.key.environment.apiSecret",
      problem: "is the same variable as apiKey",
      explanation: "Each of the two values needs its own variable.",
      command: "pulumi config set --plaintext --path bot.key.environment.apiSecret BINANCE_API_SECRET",
    },
  ]);
});

test.each(["../k.json", "", ".k", "a/b", "k".repeat(101), "-k"])(
  "%j is not the name of a key file",
  (name) => {
    expect(checkKey(withFile({ name }), undefined)).toEqual([
      {
        severity: "error",
        setting: "bot.key.file.name",
        problem: "is not a plain file name",
        explanation:
          "The file is made in memory, in the bot's own folder. {keyFile} is replaced by its whole path.",
        command: "pulumi config set --path bot.key.file.name config-private.json",
      },
    ]);
  },
);

describe("a template that makes no usable file is refused", () => {
  const replaced = "The two are replaced by the key and the secret.";
  const notJson = "is not JSON after the pair is filled in";
  const quotes =
    'Put quotes around the placeholders: "{apiKey}". For a file that isn\'t JSON: pulumi config set --path bot.key.file.format text';
  test.each<[string, string, string]>([
    ['{"a":"{apiKey}"}', "doesn't contain {apiSecret}", replaced],
    ["", "doesn't contain {apiKey} and {apiSecret}", replaced],
    ['{"a":{apiKey},"b":"{apiSecret}"}', notJson, quotes],
    ['{"a":[{apiKey}],"b":"{apiSecret}"}', notJson, quotes],
  ])("%j", (wrong, problem, explanation) => {
    expect(checkKey(withFile({ template: wrong }), undefined)).toEqual([
      {
        severity: "error",
        setting: "bot.key.file.template",
        problem,
        explanation,
        command: `pulumi config set --path bot.key.file.template '{"key": "{apiKey}", "secret": "{apiSecret}"}'`,
      },
    ]);
  });
});

describe("a warning lets the owner decide about", () => {
  test("the line breaks of a private key in a file that isn't JSON", () => {
    expect(checkKey(withFile({ format: "text" }), pemPair)).toEqual([
      {
        severity: "warning",
        setting: "bot.key.file.format",
        problem: "is text, but your secret has several lines",
        explanation:
          "The line breaks of a private key are put into the file, and few formats can read that. JSON escapes them.",
        command: "pulumi config set --path bot.key.file.format json",
      },
    ]);
    expect(checkKey(withFile({}), pemPair)).toEqual([]);
  });

  test("a key file whose path the bot doesn't get", () => {
    expect(checkKey({ ...withFile({}), command: ["/bin/bot"] }, undefined)).toEqual([
      {
        severity: "warning",
        setting: "bot.key.file",
        problem: "creates a file, but its path is never passed to the bot",
        explanation: "Put {keyFile} into bot.command, or into a variable, such as:",
        command: "pulumi config set --path bot.environment.KEY_FILE {keyFile}",
      },
    ]);
  });
});
