import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Refusal } from "../../binance/failure.ts";
import {
  asksForPause,
  concernsKey,
  isUnavailable,
  longestPauseSeconds,
  meaningOf,
  pauseAfter,
} from "../../binance/refusals.ts";
import { refused } from "./support.ts";

const address = { concerns: "address", stopsRequests: true, pauseSeconds: 300, lasting: false };
const key = { concerns: "key", stopsRequests: false, pauseSeconds: undefined, lasting: true };
const request = { concerns: "request", stopsRequests: false, pauseSeconds: undefined, lasting: false };
const order = { ...request, concerns: "order" };

/** The whole table: what each refusal means. */
const meanings: [string, number, number | undefined, object][] = [
  ["a ban", 418, -1003, { kind: "banned", ...address }],
  ["a ban without a code", 418, undefined, { kind: "banned", ...address }],
  ["a limit", 429, -1003, { kind: "too-many-requests", ...address }],
  ["a limit without a code", 429, undefined, { kind: "too-many-requests", ...address }],
  ["a limit with another status", 400, -1003, { kind: "too-many-requests", ...address }],
  ["a limit with HTTP 200", 200, -1003, { kind: "too-many-requests", ...address }],
  ["the firewall", 403, undefined, { kind: "firewall", ...address }],
  ["a country", 451, 0, { kind: "country", ...address, pauseSeconds: undefined, lasting: true }],
  ["a refused address or permission", 401, -2015, { kind: "key-address-or-permission", ...key }],
  ["the same with HTTP 200", 200, -2015, { kind: "key-address-or-permission", ...key }],
  ["a damaged key", 401, -2014, { kind: "key-format", ...key }],
  ["an unknown key", 400, -2008, { kind: "unknown-key", ...key }],
  ["locked keys", 400, -2017, { kind: "key-locked", ...key }],
  ["a request without the right to make it", 401, -1002, { kind: "unauthorized", ...key }],
  ["the same by another code", 400, -1099, { kind: "unauthorized", ...key }],
  ["a wrong signature", 400, -1022, { kind: "signature", ...key }],
  ["a wrong clock", 400, -1021, { kind: "timestamp", ...request }],
  ["a missing parameter", 400, -1102, { kind: "malformed", ...request }],
  ["an illegal character", 400, -1100, { kind: "malformed", ...request }],
  ["a wrong recvWindow", 400, -1131, { kind: "malformed", ...request }],
  ["the last code about requests", 400, -1199, { kind: "malformed", ...request }],
  ["an operation that isn't supported", 400, -1020, { kind: "malformed", ...request }],
  ["too many orders", 400, -1015, { kind: "too-many-orders", ...request }],
  ["too many orders, with a limit", 429, -1015, { kind: "too-many-requests", ...address }],
  ["an unknown pair", 400, -1121, { kind: "order", ...order }],
  ["a filter's limit", 400, -1013, { kind: "order", ...order }],
  ["a pair that the account may not trade", 400, -2010, { kind: "order", ...order }],
  ["maintenance", 503, undefined, { kind: "unavailable", ...request, concerns: "exchange" }],
  ["an internal error", 500, -1000, { kind: "unavailable", ...request, concerns: "exchange" }],
  ["a timeout of Binance's own", 400, -1007, { kind: "unavailable", ...request, concerns: "exchange" }],
  ["a busy server", 400, -1008, { kind: "unavailable", ...request, concerns: "exchange" }],
  ["an error just below 500", 499, undefined, { kind: "other", ...request }],
  ["an unknown code", 400, -1200, { kind: "other", ...request }],
  ["a redirect", 302, undefined, { kind: "other", ...request }],
];

test.each(meanings)("%s (HTTP %i, code %s)", (_, status, code, meaning) => {
  const { kind, concerns, stopsRequests, pauseSeconds, lasting } = meaningOf({ status, code });
  expect({ kind, concerns, stopsRequests, pauseSeconds, lasting }).toEqual(meaning);
  expect(concernsKey(refused(status, code))).toBe(concerns === "key");
});

test("a limit, a ban, the firewall and a country say nothing about the key, no matter which code comes with them", () => {
  const statuses = fc.constantFrom(403, 418, 429, 451);
  fc.assert(
    fc.property(statuses, fc.constantFrom(-2015, -2014, -2008, -1022, -1021, 0), (status, code) => {
      expect(meaningOf({ status, code })).toEqual(meaningOf({ status, code: undefined }));
      expect(concernsKey(refused(status, code))).toBe(false);
    }),
  );
});

test("Binance is unavailable if it can't be reached, doesn't work, or asks for a pause", () => {
  const unavailable = meanings
    .filter(([, status, code]) => isUnavailable(refused(status, code)))
    .map(([name]) => name);
  expect(unavailable).toEqual([
    "a ban",
    "a ban without a code",
    "a limit",
    "a limit without a code",
    "a limit with another status",
    "a limit with HTTP 200",
    "the firewall",
    "too many orders, with a limit",
    "maintenance",
    "an internal error",
    "a timeout of Binance's own",
    "a busy server",
  ]);
  expect(isUnavailable({ kind: "unreachable", reason: "dns", detail: "" })).toBe(true);
  expect(isUnavailable({ kind: "unreadable", problem: "isn't JSON" })).toBe(false);
  expect(isUnavailable({ kind: "skipped" })).toBe(false);
});

describe("a pause", () => {
  const pause = (status: number, code?: number, more: Partial<Refusal> = {}) =>
    pauseAfter(refused(status, code, more));

  test("lasts as long as Binance says", () => {
    expect(pause(418, -1003, { waitSeconds: 7200 })).toBe(7200);
    expect(pause(403, undefined, { waitSeconds: 20 })).toBe(20);
  });

  test("lasts five minutes if Binance doesn't say how long", () => {
    expect([pause(418), pause(429), pause(403), pause(400, -1003)]).toEqual([300, 300, 300, 300]);
  });

  test("isn't needed after anything else", () => {
    expect([pause(451), pause(401, -2015), pause(503), pause(400, -1121)]).toEqual(
      Array.from({ length: 4 }, () => undefined),
    );
    expect(pause(503, undefined, { waitSeconds: 60 })).toBeUndefined();
    expect(pauseAfter({ kind: "unreachable", reason: "timeout", detail: "" })).toBeUndefined();
    expect(concernsKey({ kind: "unreadable", problem: "is odd" })).toBe(false);
  });

  test.each([
    [418, undefined, true],
    [429, undefined, true],
    [400, -1003, true],
    [403, undefined, true],
    [451, undefined, false],
    [401, -2015, false],
    [503, undefined, false],
  ])("is what Binance asks for with HTTP %i and code %s: %j", (status, code, asks) => {
    expect(asksForPause(refused(status, code))).toBe(asks);
  });

  test("is never longer than 14 days", () => {
    expect(longestPauseSeconds).toBe(14 * 86_400);
  });
});

describe("Binance is unavailable", () => {
  test.each([
    ["in maintenance", 503, undefined],
    ["with an internal error", 500, -1000],
    ["for an address that is banned", 418, -1003],
    ["for an address that asks too often", 429, undefined],
    ["by its code for too many requests", 400, -1003],
    ["behind its firewall", 403, undefined],
  ])("%s", (_, status, code) => {
    expect(isUnavailable(refused(status, code))).toBe(true);
  });

  test("if it can't be reached", () => {
    expect(isUnavailable({ kind: "unreachable", reason: "dns", detail: "" })).toBe(true);
  });

  test.each([
    ["for a country: it stays so", 451, undefined],
    ["for one key", 401, -2015],
    ["for one request", 400, -1021],
    ["for one order", 400, -2010],
  ])("not %s", (_, status, code) => {
    expect(isUnavailable(refused(status, code))).toBe(false);
  });

  test("not if its reply isn't understood, nor if nothing was sent", () => {
    expect(isUnavailable({ kind: "unreadable", problem: "is odd" })).toBe(false);
    expect(isUnavailable({ kind: "skipped" })).toBe(false);
  });
});
