import { expect, test } from "@jest/globals";
import { UserError } from "../../../../scripts/lib/command/user-error.ts";
import { parseStackSettings } from "../../../../scripts/lib/stack/settings.ts";
import { keyPair } from "../../../support/fixtures.ts";

function parse(changes: Record<string, string | undefined>) {
  const pair = { "binance:apiKey": keyPair.apiKey, "binance:apiSecret": keyPair.apiSecret };
  const values: Record<string, string | undefined> = { ...pair, ...changes };
  const config = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, { value, secret: true }]);
  return parseStackSettings(JSON.stringify(Object.fromEntries(config)), "bot");
}

test("only the settings of this project's namespace are read", () => {
  expect(parse({ "bot:keyName": "Grid-fsn1", "other:keyName": "x", "bot:renewAfterMonths": "3" })).toEqual({
    keyPair,
    permissions: "spot",
    acceptedPermissions: [],
    testPair: undefined,
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
])("%s with the value %j is refused by name, and the value isn't shown", (name, value, expected) => {
  expect(() => parse({ [name]: value })).toThrow(UserError);
  expect(() => parse({ [name]: value })).toThrow(expected);
  expect(() => parse({ [name]: value })).not.toThrow("canary");
});

test("text that isn't the CLI's JSON is refused", () => {
  expect(() => parseStackSettings("canary", "bot")).toThrow("other than settings");
});
