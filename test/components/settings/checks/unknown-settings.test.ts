import { describe, expect, test } from "@jest/globals";
import { findUnknownSettings } from "../../../../components/settings/checks/unknown-settings.ts";

const known = ["hcloud:token", "binance:apiKey", "binance:apiSecret", "adminCidrs", "keyName"];

describe("a setting that nothing reads is refused, with the nearest known name", () => {
  test.each([
    ["adminCidr", "adminCidrs"],
    ["admincidrs", "adminCidrs"],
    ["binance:apikey", "binance:apiKey"],
    ["binanc:apiSecret", "binance:apiSecret"],
    ["hcloud:tokn", "hcloud:token"],
    ["hetznercloud:token", "hcloud:token"],
    ["other-project:keyName", "keyName"],
  ])("%s: %s", (name, nearest) => {
    expect(findUnknownSettings([...known, name], known)).toEqual([
      {
        severity: "error",
        setting: name,
        problem: "is not a setting of this program",
        explanation: `The nearest known name is ${nearest}.`,
        command: `pulumi config rm ${name}`,
      },
    ]);
  });

  test("and its name can't put code into the command", () => {
    expect(findUnknownSettings(["x:$(id)"], known)).toMatchObject([
      { command: "pulumi config rm 'x:$(id)'" },
    ]);
  });

  test("or all names, if none is near", () => {
    expect(findUnknownSettings(["something:else"], known)).toMatchObject([
      {
        explanation:
          "The known names are hcloud:token, binance:apiKey, binance:apiSecret, adminCidrs, keyName.",
      },
    ]);
  });
});

test("known settings and Pulumi's own are fine", () => {
  expect(findUnknownSettings([...known, "pulumi:tags"], known)).toEqual([]);
});
