import { describe, expect, test } from "@jest/globals";
import { findSecretsInBot } from "../../../../../components/settings/bot/checks/secrets.ts";

const mixed = "aB3".repeat(24);
const pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n";
const pair = { apiKey: "lowercase-key", apiSecret: "lowercase-secret" };

const plaintext = {
  severity: "error",
  setting: "bot",
  explanation:
    "Only the setting binance:apiSecret keeps a key secret and lets the guard check it. Remove it from bot, and replace that key by a new one. The bot gets its key by bot.key.",
  command: "pulumi config set --secret binance:apiSecret",
};

function find(value: string, keyPair?: typeof pair) {
  return findSecretsInBot({ text: JSON.stringify({ environment: { A: value } }), encrypted: [] }, [keyPair]);
}

describe("a secret in bot is refused, because every user of the server can read it", () => {
  test.each([pair.apiKey, pair.apiSecret, `x${pair.apiSecret}y`])("a value of the key pair: %s", (value) => {
    expect(find(value, pair)).toEqual([{ ...plaintext, problem: "contains a value of your key pair" }]);
    expect(find(value)).toEqual([]);
  });

  test("a private key of the pair, whose line breaks JSON escapes", () => {
    const inner = pem.split("\n").slice(1).join("\n");
    expect(find(inner, { ...pair, apiSecret: inner })).toMatchObject([
      { problem: "contains a value of your key pair" },
    ]);
  });

  test("another private key", () => {
    expect(find(pem)).toEqual([{ ...plaintext, problem: "contains a private key" }]);
  });

  test.each([56, 64, 72])("%i characters that look like a Binance key", (length) => {
    expect(find(mixed.slice(0, length))).toEqual([
      { ...plaintext, problem: "contains what looks like a key or a secret of Binance" },
    ]);
  });
});

describe("what is not a secret is fine", () => {
  test.each([
    ["a shorter word", mixed.slice(0, 55)],
    ["a longer word", `${mixed}a`],
    ["a digest in hex", "0a".repeat(32)],
    ["a word without digits", "aB".repeat(32)],
    ["a word without small letters", "A1".repeat(32)],
  ])("%s", (_, value) => {
    expect(find(value, pair)).toEqual([]);
  });

  test("a short value of the key pair, which may be there by chance", () => {
    expect(find("x1234567x", { apiKey: "1234567", apiSecret: "" })).toEqual([]);
    expect(find("x12345678x", { apiKey: "12345678", apiSecret: "" })).toHaveLength(1);
  });
});

describe("the bot's other secrets", () => {
  const bot = (secrets: unknown) => JSON.stringify({ command: "/usr/bin/true", secrets });

  test("are stored encrypted, and have any form", () => {
    const text = bot({ TOKEN: mixed.slice(0, 64), CERTIFICATE: pem });
    const encrypted = ["secrets.TOKEN", "secrets.CERTIFICATE"];
    expect(findSecretsInBot({ text, encrypted }, [pair])).toEqual([]);
  });

  test.each([
    ["all", []],
    ["one of them", ["secrets.OTHER"]],
    ["another part instead", ["command"]],
  ])("are refused in plaintext: %s", (_, encrypted) => {
    expect(
      findSecretsInBot({ text: bot({ TOKEN: "a-token", OTHER: "b" }), encrypted }, [pair]),
    ).toContainEqual({
      severity: "error",
      setting: "bot.secrets.TOKEN",
      problem: "is stored in plaintext",
      explanation:
        "Everybody who can read the stack's file or its history knows it. Replace it by a new one, and set that encrypted:",
      command: "pulumi config set --secret --path bot.secrets.TOKEN",
    });
  });

  test("are refused if it isn't known how they are stored", () => {
    expect(findSecretsInBot({ text: bot({ TOKEN: "a" }), encrypted: undefined }, [pair])).toMatchObject([
      {
        setting: "bot",
        problem: "has an encrypted part, but the stack's file could not be read to see which one",
      },
    ]);
  });

  test("can't be the key pair: the bot would get it without the guard's check", () => {
    const text = bot({ KEY: pair.apiSecret });
    expect(findSecretsInBot({ text, encrypted: ["secrets.KEY"] }, [pair])).toMatchObject([
      { setting: "bot", problem: "contains a value of your key pair" },
    ]);
  });

  test("that aren't a map are refused without showing them", () => {
    expect(findSecretsInBot({ text: bot("a-token"), encrypted: [] }, [pair])).toMatchObject([
      { setting: "bot.secrets.", problem: "is stored in plaintext" },
    ]);
  });
});

test.each([
  [
    "environment.TOKEN",
    "bot.environment.TOKEN",
    "pulumi config rm --path bot.environment.TOKEN && pulumi config set --secret --path bot.secrets.TOKEN",
  ],
  ["command", "bot.command", "pulumi config rm --path bot.command"],
  ["", "bot", "pulumi config rm --path bot.NAME"],
])("another part that is stored encrypted is refused: %s", (part, setting, command) => {
  expect(findSecretsInBot({ text: "{}", encrypted: [part] }, [pair])).toMatchObject([
    {
      severity: "error",
      setting,
      problem: "is stored encrypted, but every user of the server could read it",
      command,
    },
  ]);
});
