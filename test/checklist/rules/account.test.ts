import { describe, expect, test } from "@jest/globals";
import { judgeAccount, judgeCanTrade } from "../../../checklist/rules/account.ts";
import { judgeApiTradingLock } from "../../../checklist/rules/api-trading-lock.ts";
import { failed, refused } from "../../binance/support.ts";
import { soundServer } from "../support.ts";

const unavailable = failed(refused(503));
const closed = { account: { ok: true as const, value: { canTrade: false, balances: [] } } };

describe("the account", () => {
  test("may trade, and its status is Normal", () => {
    expect(judgeAccount(soundServer())).toMatchSnapshot();
    expect(judgeCanTrade(soundServer())).toMatchSnapshot();
  });

  test("fails if it may not trade, whatever its status", () => {
    expect(judgeAccount(soundServer(closed))).toMatchSnapshot();
    expect(judgeAccount(soundServer({ ...closed, accountStatus: unavailable })).verdict).toBe("fail");
    expect(judgeCanTrade(soundServer(closed))).toEqual(judgeAccount(soundServer(closed)));
  });

  test("fails with another status, even if the account didn't answer", () => {
    const accountStatus = { ok: true as const, value: "normal" };
    expect(judgeAccount(soundServer({ accountStatus }))).toMatchSnapshot();
    expect(judgeAccount(soundServer({ accountStatus, account: unavailable })).verdict).toBe("fail");
  });

  test("isn't checked without a reply", () => {
    expect(judgeAccount(soundServer({ account: unavailable })).detail).toContain("Not checked");
    expect(judgeCanTrade(soundServer({ account: unavailable })).detail).toContain("Not checked");
    expect(judgeAccount(soundServer({ accountStatus: unavailable }))).toMatchSnapshot();
  });
});

describe("trading by API", () => {
  test("isn't locked", () => {
    expect(judgeApiTradingLock(soundServer())).toMatchSnapshot();
  });

  test("fails if it is locked", () => {
    const apiTradingStatus = { ok: true as const, value: { isLocked: true } };
    expect(judgeApiTradingLock(soundServer({ apiTradingStatus }))).toMatchSnapshot();
  });

  test("is unknown without a reply, and the reason is named if there is one", () => {
    expect(judgeApiTradingLock(soundServer({ apiTradingStatus: unavailable })).detail).toBe(
      "Could not check: HTTP 503.",
    );
    expect(
      judgeApiTradingLock(soundServer({ apiTradingStatus: failed({ kind: "skipped" }) })).detail,
    ).toContain("Not checked");
  });
});
