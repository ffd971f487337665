import { describe, expect, test } from "@jest/globals";
import type { Failure } from "../../../binance/failure.ts";
import { guardFailure, guardFindings } from "../../../checklist/guard.ts";
import { alertText, needsAlert } from "../../../server/guard/alert.ts";
import { findingLine, journalLine } from "../../../server/guard/journal.ts";
import { isPaused, pauseUntil } from "../../../server/guard/pause.ts";
import { type Situation, situationOf } from "../../../server/guard/situation.ts";
import { refused, soundReply } from "../../binance/support.ts";
import { ipAddress, soundServer, spotRules } from "../../checklist/support.ts";

const configuration = { server: "trading-bot-prod", ipAddress, listsOrders: true };
const options = { ipAddress, judging: { ...spotRules, acceptedBefore: [] }, ordersWereAccepted: true };

function judge(changes: object) {
  return guardFindings(
    soundServer({ restrictions: { ok: true, value: { ...soundReply, ...changes } } }),
    options,
  );
}

function failedWith(failure: Failure) {
  return guardFindings(guardFailure(failure), options);
}

/** The message after a check, or undefined if the situation isn't known. */
function messageOf(
  findings: ReturnType<typeof judge>,
  failure?: Failure,
  reported: Situation = { kind: "fail", details: [], notices: [] },
): string | undefined {
  const situation = situationOf(findings, failure, reported);
  return situation && alertText(situation, { findings, failure, reported }, configuration);
}

// alert.test.ts.snap has the texts that people read: a change of a text shows there.
describe("the message", () => {
  test("that the key passes again", () => {
    expect(messageOf(judge({}))).toMatchSnapshot();
  });

  test("that the bot was stopped", () => {
    expect(messageOf(judge({ enableWithdrawals: true, enableFutures: true }))).toMatchSnapshot();
  });

  test.each([
    ["-2015", refused(401, -2015, { message: "Invalid API-key, IP, or permissions for action." })],
    ["-2008", refused(400, -2008)],
    ["-1022", refused(400, -1022)],
    ["-2017", refused(400, -2017)],
    ["-1002", refused(401, -1002)],
  ])("that Binance refuses the key: %s", (_, failure) => {
    expect(messageOf(failedWith(failure), failure)).toMatchSnapshot();
  });

  test.each([
    ["a ban", refused(418, -2015)],
    ["too many requests", refused(429, -1003)],
    ["Binance's firewall", refused(403)],
    ["a country that isn't served", refused(451, 0)],
  ])("that Binance refuses the check, because of %s", (_, failure) => {
    expect(messageOf(failedWith(failure), failure)).toMatchSnapshot();
  });

  test.each<[string, Failure]>([
    ["maintenance", refused(503)],
    ["no connection", { kind: "unreachable", reason: "timeout", detail: "no answer" }],
  ])("isn't sent for %s, because nothing is known", (_, failure) => {
    expect(messageOf(failedWith(failure), failure)).toBeUndefined();
  });

  test("of a notice, and that it is over", () => {
    const pass: Situation = { kind: "pass", details: [], notices: [] };
    const findings = judge({ enableSomethingNew: true, enableSpotAndMarginTrading: false });
    const now = situationOf(findings, undefined, pass);
    expect(now?.kind).toBe("pass");
    expect(messageOf(findings, undefined, pass)).toMatchSnapshot();
    expect(messageOf(judge({}), undefined, now)).toMatchSnapshot();
  });

  test("isn't sent for an unclear reply", () => {
    expect(messageOf(judge({ enableWithdrawals: "no" }))).toBeUndefined();
  });
});

describe("a message is needed", () => {
  const pass: Situation = { kind: "pass", details: [], notices: [] };
  const fail = (...details: string[]): Situation => ({ kind: "fail", details, notices: [] });

  test("for a change, but not for a first check that passes", () => {
    expect(needsAlert(pass, undefined)).toBe(false);
    expect(needsAlert(pass, pass)).toBe(false);
    expect(needsAlert(pass, fail("a"))).toBe(true);
    expect(needsAlert(fail("a"), undefined)).toBe(true);
    expect(needsAlert(fail("a"), pass)).toBe(true);
    expect(needsAlert(fail("a"), fail("a"))).toBe(false);
    expect(needsAlert(fail("a", "b"), fail("a"))).toBe(true);
    expect(needsAlert(fail("a"), { kind: "refused", details: ["a"], notices: [] })).toBe(true);
  });

  test("for a notice, once, and once when it is over", () => {
    const noticed = { ...pass, notices: [{ id: "a", detail: "A." }] };
    expect(needsAlert(noticed, undefined)).toBe(true);
    expect(needsAlert(noticed, pass)).toBe(true);
    expect(needsAlert(noticed, noticed)).toBe(false);
    expect(needsAlert(pass, noticed)).toBe(true);
  });

  test("not for notices that can't be known at the moment", () => {
    const noticed = { ...pass, notices: [{ id: "a", detail: "A." }] };
    const failing = situationOf(judge({ enableFutures: true }), undefined, noticed);
    expect(failing?.notices).toEqual(noticed.notices);
  });
});

describe("a pause", () => {
  test("ends when Binance says, or after five minutes", () => {
    expect(pauseUntil(refused(418, -1003, { waitSeconds: 60 }), 1000)).toBe(61_000);
    expect(pauseUntil(refused(403), 1000)).toBe(301_000);
    expect(pauseUntil(refused(451), 1000)).toBeUndefined();
    expect(pauseUntil(undefined, 1000)).toBeUndefined();
  });

  test("applies until then, unless only a wrong clock can have stored it", () => {
    const longest = 14 * 24 * 3600 * 1000;
    expect(isPaused(undefined, 0)).toBe(false);
    expect([isPaused(1000, 999), isPaused(1000, 1000)]).toEqual([true, false]);
    expect([isPaused(longest, 0), isPaused(longest + 1, 0)]).toEqual([true, false]);
  });
});

describe("a line of the journal", () => {
  const finding = { id: "x", point: 1, title: "Title", known: undefined, detail: "It is so" };

  test("has a priority, and a remedy unless it passes", () => {
    const more = { causes: ["This.", "Or that."], remedy: "Do this." };
    expect(findingLine({ ...finding, verdict: "fail", ...more })).toBe(
      "<3>Title: fail. It is so. Possible cause: This. Do this.\n",
    );
    expect(findingLine({ ...finding, verdict: "unknown", remedy: "Do this." })).toBe(
      "<4>Title: unknown. It is so. Do this.\n",
    );
    expect(findingLine({ ...finding, verdict: "unknown" })).toBe("<4>Title: unknown. It is so.\n");
    expect(findingLine({ ...finding, verdict: "pass", remedy: "Do this." })).toBe(
      "<6>Title: pass. It is so.\n",
    );
  });

  test("stays one line, however long, whatever the texts contain", () => {
    const line = journalLine("unknown", ["a\n<0>b\r\x1b", "", "c".repeat(1000)]);
    expect(line).toBe(`<4>a <0>b ${"c".repeat(1000)}\n`);
  });
});
