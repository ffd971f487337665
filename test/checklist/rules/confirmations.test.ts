import { expect, test } from "@jest/globals";
import { confirmationsText, judgeConfirmation } from "../../../checklist/rules/confirmations.ts";
import { key, now } from "../../binance/support.ts";

const judge = (on: string, of = key) =>
  judgeConfirmation("twoFactor", { twoFactor: { on, key: of } }, key, now);

test("a confirmation holds for a year, and says its date", () => {
  expect(judge("2026-11-23")).toMatchObject({
    verdict: "pass",
    known: { by: "confirmed", on: "2026-11-23" },
  });
  expect(judge("2025-11-24").verdict).toBe("pass");
  expect(judge("2025-11-22")).toMatchObject({
    verdict: "unknown",
    detail: expect.stringContaining("a year ago"),
  });
});

test("it doesn't hold for another key, from the future, or where there is none", () => {
  expect(judge("2026-11-23", "ba9876543210").detail).toContain("for another key");
  expect(judge("2026-11-26").detail).toContain("in the future");
  expect(judgeConfirmation("antiPhishing", {}, key, now)).toMatchObject({
    verdict: "unknown",
    remedy: expect.stringContaining("npm run verify -- --confirm"),
  });
});

test("the setting is read as it was written, and nothing else is", () => {
  const written = { twoFactor: { on: "2026-11-23", key } };
  expect(confirmationsText.parse(JSON.stringify(written))).toEqual(written);
  expect(confirmationsText.parse("")).toEqual({});
  for (const wrong of [
    "yes",
    "[]",
    '{"twoFactor":true}',
    `{"twoFactor":{"on":"2026-13-01","key":"${key}"}}`,
  ]) {
    expect(confirmationsText.safeParse(wrong).success).toBe(false);
  }
});
