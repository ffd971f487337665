import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "@jest/globals";
import { checkKeyType } from "../../../../../components/settings/bot/checks/key-type.ts";
import { madePair } from "../../../../support/fixtures.ts";
import { parse } from "../support.ts";

const pkcs8 = { type: "pkcs8", format: "pem" } as const;
const apiKey = "k".repeat(64);
const hmac = { apiKey, apiSecret: "s".repeat(64) };
const ed25519 = { apiKey, apiSecret: generateKeyPairSync("ed25519").privateKey.export(pkcs8).toString() };
const rsa = {
  apiKey,
  apiSecret: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export(pkcs8).toString(),
};

test("a bot whose preset signs with every kind of key accepts every kind", () => {
  for (const preset of ["freqtrade", "ccxt", "none"] as const) {
    for (const pair of [hmac, ed25519, rsa, undefined]) {
      expect(checkKeyType(preset, pair)).toEqual([]);
    }
  }
});

test("NautilusTrader accepts an Ed25519 key, also one that was made on the server, and no pair yet", () => {
  expect(checkKeyType("nautilus-trader", ed25519)).toEqual([]);
  expect(checkKeyType("nautilus-trader", madePair)).toEqual([]);
  expect(checkKeyType("nautilus-trader", undefined)).toEqual([]);
});

test.each([
  ["HMAC", hmac],
  ["RSA", rsa],
])("a pair of type %s is refused for NautilusTrader, with the way to another one", (type, keyPair) => {
  const { bot, findings } = parse({ preset: "nautilus-trader" }, { keyPair });
  expect(bot).toBeUndefined();
  expect(findings).toEqual([
    {
      severity: "error",
      setting: "binance:apiSecret",
      problem: `belongs to a key of type ${type}, but the preset nautilus-trader needs Ed25519`,
      explanation: expect.stringContaining("openssl genpkey -algorithm ed25519 -out private.pem"),
      command: "pulumi config set --secret binance:apiSecret < private.pem",
    },
  ]);
});
