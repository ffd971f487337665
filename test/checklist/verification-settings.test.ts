import { expect, test } from "@jest/globals";
import { verificationMode, verificationSettings } from "../../checklist/verification-settings.ts";

test("everything has a default", () => {
  expect(verificationSettings.parse({})).toEqual({
    permissions: "spot",
    acceptedPermissions: [],
    verification: "enforce",
    keyName: "",
    testPair: undefined,
    renewAfterMonths: 6,
    confirmations: {},
  });
});

test("there are three modes", () => {
  expect(verificationMode.options).toEqual(["enforce", "warn", "off"]);
  expect(verificationSettings.safeParse({ verification: "strict" }).success).toBe(false);
});

test("a key is renewed after 1 to 12 months", () => {
  const months = Array.from({ length: 12 }, (_, index) => index + 1);
  expect(
    months.map((month) => verificationSettings.parse({ renewAfterMonths: String(month) }).renewAfterMonths),
  ).toEqual(months);
  for (const wrong of ["0", "13", "20", "112", "1 ", "x1", "-1", "1.5", ""]) {
    expect(verificationSettings.safeParse({ renewAfterMonths: wrong }).success).toBe(false);
  }
});

test("the test order's pair is a symbol as Binance writes it, or left to this program", () => {
  const parse = (testPair: string) => verificationSettings.safeParse({ testPair });
  for (const symbol of ["ETHUSDC", "1000SATSUSDT", "BTCUSDT_260327", "A.B-C"]) {
    expect(parse(symbol).data?.testPair).toBe(symbol);
  }
  expect(parse("")).toMatchObject({ success: true, data: { testPair: undefined } });
  for (const wrong of ["ethusdc", "ETH/USDC", "ETH USDC", "ETHUSDC\n", "A".repeat(51)]) {
    expect(parse(wrong).success).toBe(false);
  }
});

test("a key's name has at most 100 characters", () => {
  expect(verificationSettings.safeParse({ keyName: "x".repeat(100) }).success).toBe(true);
  expect(verificationSettings.safeParse({ keyName: "x".repeat(101) }).success).toBe(false);
});
