import { describe, expect, test } from "@jest/globals";
import {
  confirmable,
  confirmables,
  confirmationsText,
  judgeConfirmation,
  judgeStandbyAddress,
} from "../../../checklist/rules/confirmations.ts";
import { key, now } from "../support.ts";

const judge = (on: string, of = key) =>
  judgeConfirmation("twoFactor", { twoFactor: { on, key: of } }, key, now);

test("what a person is asked", () => {
  expect(confirmables(false, true)).toEqual(Object.keys(confirmable));
  expect(confirmables(false, false)).toEqual(["twoFactor", "antiPhishing", "passwordManager"]);
  expect(confirmables(true, false)).toEqual(["twoFactor", "antiPhishing"]);
  expect(confirmable).toMatchSnapshot();
});

test("a confirmation is valid for a year, and shows its date", () => {
  expect(judge("2026-11-23")).toEqual({
    verdict: "pass",
    known: { by: "confirmed", on: "2026-11-23" },
    detail: "Confirmed on 2026-11-23. No endpoint reports it.",
  });
  expect(judge("2025-11-24").verdict).toBe("pass");
  expect(judge("2025-11-22")).toMatchSnapshot();
});

test("the day count starts and ends exactly", () => {
  const day = 24 * 3600 * 1000;
  const at = (time: number) =>
    judgeConfirmation("twoFactor", { twoFactor: { on: "2026-11-23", key } }, key, time).verdict;
  const start = Date.parse("2026-11-23");
  expect([at(start - day - 1), at(start - day), at(start + 365 * day), at(start + 365 * day + 1)]).toEqual([
    "unknown",
    "pass",
    "pass",
    "unknown",
  ]);
});

test("it isn't valid for another key, with a date in the future, or if there is none", () => {
  expect(judge("2026-11-23", "ba9876543210")).toMatchSnapshot();
  expect(judge("2026-11-26")).toMatchSnapshot();
  expect(judge("no date").verdict).toBe("unknown");
  expect(judgeConfirmation("antiPhishing", {}, key, now)).toMatchSnapshot();
  expect(
    judgeConfirmation("passwordManager", { twoFactor: { on: "2026-11-23", key } }, key, now).verdict,
  ).toBe("unknown");
});

describe("the setting", () => {
  test("is read as it was written", () => {
    const answer = { on: "2026-11-23", key };
    const written = { twoFactor: answer, antiPhishing: answer, passwordManager: answer };
    expect(confirmationsText.parse(JSON.stringify(written))).toEqual(written);
    expect(confirmationsText.parse("{}")).toEqual({});
    expect(confirmationsText.parse("")).toEqual({});
    expect(confirmationsText.parse("  ")).toEqual({});
  });

  test.each([
    "yes",
    "[]",
    '{"twoFactor":true}',
    `{"twoFactor":{"on":"2026-13-01","key":"${key}"}}`,
    `{"twoFactor":{"on":"2026-11-23","key":"${key}0"}}`,
    `{"twoFactor":{"on":"2026-11-23"}}`,
    `{"twoFactor":{"on":"2026-11-23","key":"${key}","by":"me"}}`,
    `{"somethingElse":{"on":"2026-11-23","key":"${key}"}}`,
  ])("isn't %s", (wrong) => {
    expect(confirmationsText.safeParse(wrong).error?.issues[0]?.message).toBe(
      "is not what `npm run verify -- --confirm` has written",
    );
  });
});

describe("that the standby address is whitelisted", () => {
  const addresses = ["203.0.113.10", "203.0.113.20"];
  const confirmed = { standbyAddress: { on: "2026-11-23", key, addresses } };

  test("is known only from a person, who has named both addresses", () => {
    expect(judgeStandbyAddress("203.0.113.20", confirmed, key, now)).toMatchObject({
      verdict: "pass",
      known: { by: "confirmed", on: "2026-11-23" },
      detail: expect.stringContaining("203.0.113.20"),
    });
    // After a failover, the two have changed places.
    expect(judgeStandbyAddress("203.0.113.10", confirmed, key, now).verdict).toBe("pass");
    expect(judgeStandbyAddress("203.0.113.20", {}, key, now)).toMatchObject({
      verdict: "unknown",
      remedy: expect.stringContaining("npm run verify -- --confirm"),
    });
  });

  test("isn't known of an address that was reserved later", () => {
    expect(judgeStandbyAddress("203.0.113.30", confirmed, key, now)).toMatchObject({
      verdict: "unknown",
      detail: "It was confirmed for another address than 203.0.113.30.",
    });
  });
});
