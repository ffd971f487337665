import { expect, test } from "@jest/globals";
import { UserError } from "../../../../scripts/lib/command/user-error.ts";
import { parseStackSettings } from "../../../../scripts/lib/stack/settings.ts";

const keyPair = { apiKey: "k".repeat(64), apiSecret: "s".repeat(64) };

function parse(changes: Record<string, string | undefined>) {
  const pair = { "binance:apiKey": keyPair.apiKey, "binance:apiSecret": keyPair.apiSecret };
  const values: Record<string, string | undefined> = { ...pair, ...changes };
  const config = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, { value, secret: true }]);
  return parseStackSettings(JSON.stringify(Object.fromEntries(config)), "bot");
}

test("the settings of verification are read, of this project's namespace alone", () => {
  expect(parse({ "bot:keyName": "Grid-fsn1", "other:keyName": "x", "bot:renewAfterMonths": "3" })).toEqual({
    keyPair,
    verification: "enforce",
    keyName: "Grid-fsn1",
    renewAfterMonths: 3,
    confirmations: {},
  });
});

test.each([
  ["bot:confirmations", "canary", "confirmations"],
  ["bot:verification", "canary", "verification"],
  ["binance:apiSecret", "can ary", "binance:apiSecret has white space inside"],
  ["binance:apiSecret", undefined, "binance:apiSecret is missing"],
])("%s as %j is refused by name, and not shown", (name, value, expected) => {
  expect(() => parse({ [name]: value })).toThrow(UserError);
  expect(() => parse({ [name]: value })).toThrow(expected);
  expect(() => parse({ [name]: value })).not.toThrow("canary");
});

test("what isn't the CLI's JSON is refused", () => {
  expect(() => parseStackSettings("canary", "bot")).toThrow("no settings");
});
