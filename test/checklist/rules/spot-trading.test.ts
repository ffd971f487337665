import { expect, test } from "@jest/globals";
import { judgeSpotTrading, judgeTradingPermission } from "../../../checklist/rules/spot-trading.ts";
import { failed, refused, soundReply } from "../../binance/support.ts";
import { ipAddress, soundServer } from "../support.ts";

const withPermission = (enableSpotAndMarginTrading: unknown) => ({
  restrictions: { ok: true as const, value: { ...soundReply, enableSpotAndMarginTrading } },
});

test("the permission must be on, and clearly so", () => {
  expect(judgeTradingPermission(soundReply)).toMatchSnapshot();
  expect(judgeTradingPermission({ ...soundReply, enableSpotAndMarginTrading: false })).toMatchSnapshot();
  expect(judgeTradingPermission({ ...soundReply, enableSpotAndMarginTrading: 1 })).toMatchSnapshot();
});

test("an accepted test order proves it", () => {
  expect(judgeSpotTrading(soundServer(), ipAddress)).toMatchSnapshot();
});

test("a permission that is off is reported, no matter what the test order shows", () => {
  const orderTest = failed(refused(401, -2015));
  expect(judgeSpotTrading(soundServer({ ...withPermission(false), orderTest }), ipAddress).detail).toContain(
    "enableSpotAndMarginTrading is false",
  );
});

test("an unclear permission stays unknown, even if the test order was accepted", () => {
  expect(judgeSpotTrading(soundServer(withPermission("true")), ipAddress).verdict).toBe("unknown");
});

test("a refused test order fails only if the refusal is about the key", () => {
  const judge = (status: number, code: number) =>
    judgeSpotTrading(soundServer({ orderTest: failed(refused(status, code)) }), ipAddress);
  expect(judge(401, -2015)).toMatchObject({
    verdict: "fail",
    known: { by: "proven" },
    detail: "The test order, which is never placed, was not accepted: HTTP 401, code -2015.",
  });
  expect(judge(400, -2010)).toMatchObject({ verdict: "unknown", known: undefined });
  expect(judge(418, -1003)).toMatchObject({ verdict: "unknown" });
});

test("without restrictions it isn't checked", () => {
  expect(judgeSpotTrading(soundServer({ restrictions: failed(refused(503)) }), ipAddress).detail).toContain(
    "Not checked",
  );
});
