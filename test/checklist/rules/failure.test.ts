import { expect, test } from "@jest/globals";
import { judgeFailure, unknownBecause } from "../../../checklist/rules/failure.ts";
import { refused } from "../../binance/support.ts";
import { ipAddress } from "../support.ts";

const what = "A request through the server failed";

test("a refusal that stays fails, with its causes and what to do", () => {
  expect(judgeFailure(refused(401, -2015), ipAddress, what)).toMatchSnapshot();
  expect(judgeFailure(refused(451, 0), ipAddress, what)).toMatchObject({ verdict: "fail" });
});

test("any other failure is unknown", () => {
  expect(judgeFailure(refused(503), ipAddress, what)).toMatchSnapshot();
  expect(
    judgeFailure({ kind: "unreachable", reason: "dns", detail: "no name" }, ipAddress, what),
  ).toMatchObject({
    verdict: "unknown",
    known: undefined,
  });
});

test("a request that only one rule needs says nothing about the key, and waiting isn't advised for a lasting refusal", () => {
  expect(unknownBecause(refused(401, -2015))).toMatchObject({
    verdict: "unknown",
    detail: "Could not check: HTTP 401, code -2015.",
    remedy: expect.stringContaining("sub-account"),
  });
  expect(unknownBecause(refused(503)).remedy).toContain("Wait a few minutes");
});
