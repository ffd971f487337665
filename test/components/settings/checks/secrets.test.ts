import { describe, expect, test } from "@jest/globals";
import { checkKeyPair, checkToken } from "../../../../components/settings/checks/secrets.ts";

const token = "aZ09".repeat(16);

test("a Hetzner token has 64 letters and digits", () => {
  expect(checkToken(token)).toEqual([]);
});

describe("what can't be a token is refused before a server is ordered", () => {
  test.each([
    ["none", undefined, "is missing"],
    ["one character too few", token.slice(1), "has 63 characters, but a token has 64"],
    ["one character too many", `${token}x`, "has 65 characters, but a token has 64"],
    ["a line break", `${token}\n`, "has white space or a line break in or around it"],
    ["another sign in front", `-${token.slice(1)}`, "has a character that is not a plain letter or digit"],
    ["another sign at the end", `${token.slice(1)}-`, "has a character that is not a plain letter or digit"],
    ["another alphabet", "é".repeat(64), "has a character that is not a plain letter or digit"],
  ])("%s", (_, value, problem) => {
    expect(checkToken(value)).toEqual([
      {
        severity: "error",
        setting: "hcloud:token",
        problem,
        explanation:
          "Create one in Hetzner's Cloud Console: your project, Security, API tokens, Read & Write. Then:",
        command: "pulumi config set --secret hcloud:token",
      },
    ]);
  });
});

test("an error of copying the key pair is reported for its value", () => {
  const [finding] = checkKeyPair("k".repeat(64), undefined);
  expect(finding).toMatchObject({
    severity: "error",
    setting: "binance:apiSecret",
    command: "pulumi config set --secret binance:apiSecret",
  });
  expect(finding?.problem).toContain("is missing");
  expect(finding?.explanation).toContain("set both, or neither");
});
