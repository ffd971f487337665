import { expect, test } from "@jest/globals";
import { judgeFailure, unknownBecause } from "../../../checklist/rules/failure.ts";
import { refused } from "../../binance/support.ts";
import { ipAddress } from "../support.ts";

test("a refusal that stays fails, with its causes and what to do", () => {
  expect(judgeFailure(refused(401, -2015), ipAddress)).toMatchSnapshot();
  expect(judgeFailure(refused(451, 0), ipAddress)).toMatchObject({ verdict: "fail" });
});

test("any other failure is unknown", () => {
  expect(judgeFailure(refused(503), ipAddress)).toMatchSnapshot();
  expect(judgeFailure({ kind: "unreachable", reason: "dns", detail: "no name" }, ipAddress)).toMatchObject({
    verdict: "unknown",
    known: undefined,
  });
  expect(unknownBecause(refused(401, -2015))).toMatchObject({
    verdict: "unknown",
    detail: "Could not check: HTTP 401, code -2015.",
  });
});
