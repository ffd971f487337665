import { describe, expect, test } from "@jest/globals";
import {
  judgeAccountRestriction,
  judgeTrading,
  judgeTradingPermission,
} from "../../../checklist/rules/trading.ts";
import { failed, refused, soundReply } from "../../binance/support.ts";
import { futuresReply, ipAddress, soundServer } from "../support.ts";

const withPermission = (enableSpotAndMarginTrading: unknown) => ({
  restrictions: { ok: true as const, value: { ...soundReply, enableSpotAndMarginTrading } },
});

const judge = (changes: Parameters<typeof soundServer>[0] = {}) =>
  judgeTrading(soundServer(changes), ipAddress, "spot");

test("the permission must be on, and clearly so", () => {
  expect(judgeTradingPermission(soundReply, "spot")).toMatchSnapshot();
  expect(
    judgeTradingPermission({ ...soundReply, enableSpotAndMarginTrading: false }, "spot"),
  ).toMatchSnapshot();
  expect(judgeTradingPermission({ ...soundReply, enableSpotAndMarginTrading: 1 }, "spot")).toMatchSnapshot();
});

test("an accepted test order proves it", () => {
  expect(judge()).toMatchSnapshot();
});

test("a permission that is off is reported, no matter what the test order shows", () => {
  const orderTest = failed(refused(401, -2015));
  expect(judge({ ...withPermission(false), orderTest }).detail).toContain(
    "enableSpotAndMarginTrading is false",
  );
});

test("an unclear permission stays unknown, even if the test order was accepted", () => {
  expect(judge(withPermission("true")).verdict).toBe("unknown");
});

test("a refused test order fails only if the refusal is about the key", () => {
  const judgeCode = (status: number, code: number) => judge({ orderTest: failed(refused(status, code)) });
  expect(judgeCode(401, -2015)).toMatchObject({
    verdict: "fail",
    known: { by: "proven" },
    detail: "The test order, which is never placed, was not accepted: HTTP 401, code -2015.",
  });
  expect(judgeCode(400, -2010)).toMatchObject({ verdict: "unknown", known: undefined });
  expect(judgeCode(418, -1003)).toMatchObject({ verdict: "unknown" });
});

test("without restrictions it isn't checked", () => {
  expect(judge({ restrictions: failed(refused(503)) }).detail).toContain("Not checked");
});

describe("futures", () => {
  const judgeFutures = (changes: Parameters<typeof soundServer>[0] = {}) =>
    judgeTrading(
      soundServer({ restrictions: { ok: true, value: futuresReply }, ...changes }),
      ipAddress,
      "futures",
    );

  test("have their own permission", () => {
    expect(judgeFutures()).toEqual(judge());
    expect(judgeTradingPermission(soundReply, "futures")).toMatchSnapshot();
    expect(judge({ restrictions: { ok: true, value: futuresReply } }).verdict).toBe("fail");
  });

  test("an empty wallet does not make the key fail", () => {
    expect(judgeFutures({ orderTest: failed(refused(400, -2019)) })).toMatchSnapshot();
  });

  test("a key from before the futures account has its own advice", () => {
    expect(judgeFutures({ orderTest: failed(refused(401, -2015)) })).toMatchSnapshot();
  });
});

describe("an account that may not place orders", () => {
  const disabled = failed(refused(400, -2010, { message: "This action is disabled on this account." }));

  test("may only reduce, if it sells", () => {
    expect(
      judgeAccountRestriction({ orderTest: disabled, sellTest: { ok: true, value: {} } }),
    ).toMatchSnapshot();
    expect(judgeAccountRestriction({ orderTest: failed(refused(400, -4087)) })).toMatchSnapshot();
  });

  test("is refused every order", () => {
    expect(judgeAccountRestriction({ orderTest: disabled, sellTest: disabled })).toMatchSnapshot();
    expect(judgeAccountRestriction({ orderTest: failed(refused(400, -4402)) })).toMatchSnapshot();
  });

  test.each([
    ["an accepted order", { ok: true as const, value: {} }],
    ["a symbol", failed(refused(400, -2010, { message: "This symbol is not permitted for this account." }))],
    ["an amount", failed(refused(400, -1013))],
    ["a ban", failed(refused(418, -1003))],
    ["no connection", failed({ kind: "unreachable", reason: "timeout", detail: "no answer" })],
  ])("isn't concluded from %s", (_, orderTest) => {
    expect(judgeAccountRestriction({ orderTest })).toBeUndefined();
  });

  test("fails the check, although the key's permission is on", () => {
    expect(judge({ orderTest: disabled, sellTest: disabled })).toMatchObject({
      verdict: "fail",
      known: { by: "proven" },
    });
  });
});
