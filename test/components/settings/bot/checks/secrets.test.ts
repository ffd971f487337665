import { describe, expect, test } from "@jest/globals";
import { findSecretsInBot } from "../../../../../components/settings/bot/checks/secrets.ts";

const mixed = "aB3".repeat(24);
const pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n";
const pair = { apiKey: "lowercase-key", apiSecret: "lowercase-secret" };

const plaintext = {
  severity: "error",
  setting: "bot",
  explanation:
    "All of bot can be read in the stack's file and on the server. Remove the secret there, and replace that key by a new one. The bot gets its key by bot.key.",
  command: "pulumi config set --secret binance:apiSecret",
};

function find(value: string, keyPair?: typeof pair) {
  return findSecretsInBot(JSON.stringify({ environment: { A: value } }), false, keyPair);
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

test("a part that is stored encrypted is refused", () => {
  expect(findSecretsInBot("{}", true, pair)).toEqual([
    {
      severity: "error",
      setting: "bot",
      problem: "has a part that is stored encrypted",
      explanation:
        "On the server, bot is in a file that every user can read; only the key pair is kept secret. Remove that part, and put it into a file of the bot's program.",
      command: "pulumi config rm --path bot.NAME",
    },
  ]);
});
