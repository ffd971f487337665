import { expect, test } from "@jest/globals";
import { judgeClock } from "../../../checklist/rules/clock.ts";
import { failed, refused } from "../../binance/support.ts";

const judge = (differenceMs: number, roundTripMs = 0) =>
  judgeClock({ ok: true, value: { differenceMs, roundTripMs } });

test.each([
  [5000, 0, "pass"],
  [5001, 0, "fail"],
  [-1000, 0, "pass"],
  [-1001, 0, "fail"],
  [4900, 200, "pass"],
  [4901, 200, "unknown"],
  [5100, 200, "unknown"],
  [5101, 200, "fail"],
  [-900, 200, "pass"],
  [-901, 200, "unknown"],
  [-1100, 200, "unknown"],
  [-1101, 200, "fail"],
])("%i ms off, measured in %i ms: %s", (differenceMs, roundTripMs, verdict) => {
  expect(judge(differenceMs, roundTripMs).verdict).toBe(verdict);
});

test("the difference is named if it is more than the uncertainty", () => {
  expect(judge(3, 201)).toMatchSnapshot();
  expect(judge(100, 200).detail).toBe("It agrees with Binance's to 100 ms.");
  expect(judge(101, 200).detail).toBe("It is 101 ms behind Binance's.");
  expect(judge(-101, 200).detail).toBe("It is 101 ms ahead of Binance's.");
  expect(judge(9000)).toMatchSnapshot();
  expect(judge(5000, 200)).toMatchObject({ verdict: "unknown", known: { by: "evidence" } });
});

test("without a reply it isn't checked", () => {
  expect(judgeClock(failed(refused(503))).detail).toContain("Not checked");
});
