import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Result } from "../../binance/failure.ts";
import { longestPauseSeconds } from "../../binance/refusals.ts";
import {
  accountReply,
  accountStatusReply,
  apiTradingStatusReply,
  orderTestReply,
  type RawReply,
  readReply,
  restrictionsReply,
  serverTimeReply,
} from "../../binance/replies.ts";

function reply(body: unknown, more: Partial<RawReply> = {}): RawReply {
  return { status: 200, retryAfter: undefined, body: JSON.stringify(body), ...more };
}

function read(raw: RawReply, secrets: string[] = []): Result<unknown> {
  return readReply(raw, restrictionsReply, secrets);
}

describe("a reply of the documented shape is read", () => {
  test.each([
    [serverTimeReply, { serverTime: 1, more: true }],
    [restrictionsReply, { anything: "at all" }],
    [accountReply, { canTrade: true, balances: [{ asset: "BTC", free: "0.5", locked: "12" }] }],
    [orderTestReply, {}],
    [accountStatusReply, { data: "Normal" }],
    [apiTradingStatusReply, { data: { isLocked: false } }],
  ])("%#", (shape, body) => {
    expect(readReply<unknown>(reply(body), shape, [])).toEqual({ ok: true, value: body });
  });
});

describe("a reply of another shape is unreadable, and the fields are named", () => {
  const balance = (changes: object) => ({
    canTrade: true,
    balances: [{ asset: "BTC", free: "0", locked: "0", ...changes }],
  });

  test.each([
    [serverTimeReply, { serverTime: 0 }, "lacks a readable serverTime"],
    [serverTimeReply, { serverTime: 1.5 }, "lacks a readable serverTime"],
    [restrictionsReply, [], "doesn't have the documented shape"],
    [restrictionsReply, null, "doesn't have the documented shape"],
    [restrictionsReply, "text", "doesn't have the documented shape"],
    [accountReply, { canTrade: "yes", balances: [] }, "lacks a readable canTrade"],
    [accountReply, {}, "lacks a readable canTrade, balances"],
    [accountReply, balance({ free: "-1" }), "lacks a readable balances.0.free"],
    [accountReply, balance({ free: "1.2.3" }), "lacks a readable balances.0.free"],
    [accountReply, balance({ free: "1." }), "lacks a readable balances.0.free"],
    [accountReply, balance({ free: "0x1" }), "lacks a readable balances.0.free"],
    [accountReply, balance({ free: "1".repeat(31) }), "lacks a readable balances.0.free"],
    [accountReply, balance({ free: `1.${"1".repeat(31)}` }), "lacks a readable balances.0.free"],
    [accountReply, balance({ asset: "" }), "lacks a readable balances.0.asset"],
    [accountReply, balance({ asset: "x".repeat(41) }), "lacks a readable balances.0.asset"],
    [
      accountReply,
      balance({ asset: 1, free: 1, locked: 1, more: 1 }),
      "lacks a readable balances.0.asset, balances.0.free, balances.0.locked",
    ],
    [orderTestReply, { orderId: 1 }, "doesn't have the documented shape"],
    [accountStatusReply, { data: "" }, "lacks a readable data"],
    [apiTradingStatusReply, { data: { isLocked: 0 } }, "lacks a readable data.isLocked"],
  ])("%#: %j %s", (shape, body, problem) => {
    expect(readReply<unknown>(reply(body), shape, [])).toEqual({
      ok: false,
      failure: { kind: "unreadable", problem },
    });
  });

  test("at most three fields are named, each once", () => {
    const bad = { asset: 1, free: 1, locked: 1 };
    expect(readReply<unknown>(reply({ canTrade: 1, balances: [bad, bad] }), accountReply, [])).toMatchObject({
      failure: { problem: "lacks a readable canTrade, balances.0.asset, balances.0.free" },
    });
  });

  test("a body that isn't JSON", () => {
    expect(read(reply("", { body: "<html>" }))).toEqual({
      ok: false,
      failure: { kind: "unreadable", problem: "isn't JSON" },
    });
  });
});

describe("a refusal", () => {
  const refusal = (body: unknown, more: Partial<RawReply>, secrets?: string[]) => {
    const result = read(reply(body, more), secrets);
    return result.ok ? undefined : result.failure;
  };

  test("has status, code and message", () => {
    expect(refusal({ code: -1022, msg: "Signature is not valid." }, { status: 400 })).toEqual({
      kind: "refused",
      status: 400,
      code: -1022,
      message: "Signature is not valid.",
      waitSeconds: undefined,
      requestIp: undefined,
    });
  });

  test("may have no code and no message", () => {
    expect(refusal("", { status: 502, body: "<html>" })).toMatchObject({ code: undefined, message: "" });
    expect(refusal({ code: -1 }, { status: 400 })).toMatchObject({ code: -1, message: "" });
    expect(refusal({ code: "-1", msg: 5 }, { status: 400 })).toMatchObject({ code: undefined, message: "" });
  });

  test("is one with HTTP 200 if its code is below 0, and only then", () => {
    expect(refusal({ code: -2015, msg: "no" }, {})).toMatchObject({ kind: "refused", status: 200 });
    expect(refusal({ code: 0, msg: "fine" }, {})).toBeUndefined();
    expect(refusal({ code: 200 }, {})).toBeUndefined();
    expect(refusal({}, { status: 201 })).toMatchObject({ kind: "refused", status: 201 });
  });

  test("names the address that Binance saw, if it is an address", () => {
    const seen = (msg: string) => refusal({ code: -2015, msg }, { status: 401 });
    expect(seen("Invalid API-key, request ip: 192.0.2.1")).toMatchObject({ requestIp: "192.0.2.1" });
    expect(seen("Request IP:192.0.2.10.")).toMatchObject({ requestIp: undefined });
    expect(seen("request ip: 192.0.2.10, sorry")).toMatchObject({ requestIp: "192.0.2.10" });
    expect(seen("request ip: 192.0.2.1000")).toMatchObject({ requestIp: undefined });
    expect(seen("request ip:192.0.2.10")).toMatchObject({ requestIp: "192.0.2.10" });
    expect(seen("request ip: unknown")).toMatchObject({ requestIp: undefined });
  });

  test("hides what may be a secret", () => {
    expect(refusal({ code: -1, msg: "of abc" }, { status: 400 }, ["abc"])).toMatchObject({
      message: "of […]",
    });
  });
});

describe("how long Binance asks not to be called", () => {
  const wait = (more: Partial<RawReply>, body: object = { code: -1003, msg: "" }) => {
    const result = read(reply(body, { status: 429, ...more }));
    return !result.ok && result.failure.kind === "refused" ? result.failure.waitSeconds : undefined;
  };

  test.each([418, 429, 403])("is read from Retry-After with HTTP %i", (status) => {
    expect(wait({ status, retryAfter: "17" }, {})).toBe(17);
  });

  test("is read with code -1003, no matter which status comes with it", () => {
    expect(wait({ status: 400, retryAfter: "17" })).toBe(17);
  });

  test.each([400, 401, 451, 503])("isn't read with HTTP %i", (status) => {
    expect(wait({ status, retryAfter: "17" }, {})).toBeUndefined();
  });

  test("is read from the message if there is no header", () => {
    const until = Date.now() + 90_000;
    const body = { code: -1003, msg: `Way too many requests; IP banned until ${until}.` };
    const seconds = wait({ status: 418 }, body);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(90);
    expect(wait({ status: 418, retryAfter: "5" }, body)).toBe(5);
    expect(wait({ status: 418, retryAfter: "soon" }, body)).toBe(seconds);
  });

  test("is unknown if it isn't a number of seconds, or is in the past", () => {
    for (const retryAfter of ["", "0", "-5", "1.5", "5 s", " 5", "1e3", "9999999999"]) {
      expect(wait({ retryAfter })).toBeUndefined();
    }
    expect(wait({}, { code: -1003, msg: "until 1659146400000" })).toBeUndefined();
    expect(wait({}, { code: -1003, msg: "until 16591464000001" })).toBeUndefined();
    expect(wait({}, { code: -1003, msg: "banned 1659146400000" })).toBeUndefined();
  });

  test("is never longer than the longest pause", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (seconds) => {
        expect(wait({ retryAfter: String(seconds) })).toBe(Math.min(seconds, longestPauseSeconds));
      }),
    );
  });
});
