import { describe, expect, test } from "@jest/globals";
import { checklist, type Evidence } from "../../checklist/checklist.ts";
import { exitCode, overall } from "../../checklist/finding.ts";
import { noObservations } from "../../checklist/observations.ts";
import { failed, refused, soundReply } from "../binance/support.ts";
import { ipAddress, now, soundEvidence, soundServer, spotRules } from "./support.ts";

/** The findings that don't pass, as "id: verdict". */
function complaints(changes: Partial<Evidence>): string[] {
  return checklist(soundEvidence(changes))
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ id, verdict }) => `${id}: ${verdict}`);
}

test("a sound key passes every point, the eight first", () => {
  const findings = checklist(soundEvidence());
  expect(findings.map(({ point }) => point).slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(findings.slice(8).map(({ point }) => point)).toEqual(findings.slice(8).map(() => undefined));
  expect(complaints({})).toEqual([]);
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
});

// checklist.test.ts.snap has the texts that people read: a change of a text shows there.
test("the findings of a sound key", () => {
  expect(checklist(soundEvidence())).toMatchSnapshot();
});

test("the findings if the server can't be reached", () => {
  const server = noObservations({ kind: "tunnel", reason: "ssh-unreachable", detail: "no answer" });
  const findings = checklist(
    soundEvidence({
      server,
      direct: { result: failed({ kind: "skipped" }), sharesAddress: false },
      settings: { keyName: "", ...spotRules, renewAfterMonths: 6, confirmations: {} },
    }),
  );
  expect(findings).toMatchSnapshot();
  expect(findings.map(({ verdict }) => verdict)).not.toContain("fail");
});

describe("each problem shows where it belongs", () => {
  const server = soundServer;
  const restricted = (changes: object) =>
    server({ restrictions: { ok: true, value: { ...soundReply, ...changes } } });
  const account = (canTrade: boolean) => server({ account: { ok: true, value: { canTrade, balances: [] } } });
  const clock = (differenceMs: number, roundTripMs = 0) =>
    server({ clock: { ok: true, value: { differenceMs, roundTripMs } } });

  test.each<[string, Partial<Evidence>, string[]]>([
    [
      "withdrawals",
      { server: restricted({ enableWithdrawals: true }) },
      ["withdrawals: fail", "permissions: fail"],
    ],
    ["no whitelist", { server: restricted({ ipRestrict: false }) }, ["whitelist: fail", "address: unknown"]],
    [
      "no spot trading",
      { server: restricted({ enableSpotAndMarginTrading: false }) },
      ["spot-trading: fail"],
    ],
    [
      "an order that isn't accepted",
      { server: server({ orderTest: failed(refused(401, -2015)) }) },
      ["spot-trading: fail"],
    ],
    [
      "a pair that isn't traded",
      { server: server({ orderTest: failed(refused(400, -1121)) }) },
      ["spot-trading: unknown"],
    ],
    ["a closed account", { server: account(false) }, ["account: fail"]],
    [
      "an odd status",
      { server: server({ accountStatus: { ok: true, value: "Abnormal" } }) },
      ["account: fail"],
    ],
    [
      "a lock",
      { server: server({ apiTradingStatus: { ok: true, value: { isLocked: true } } }) },
      ["api-trading: fail"],
    ],
    ["a late clock", { server: clock(5001) }, ["clock: fail"]],
    [
      "an old key",
      { server: restricted({ createTime: Date.parse("2025-11-23T11:00:00Z") }) },
      ["key-age: fail"],
    ],
    [
      "a key from tomorrow",
      { server: restricted({ createTime: Date.parse("2026-11-24T12:00:00Z") }) },
      ["key-age: unknown"],
    ],
    [
      "a key other than the confirmed one",
      { key: "ba9876543210" },
      ["two-factor: unknown", "anti-phishing: unknown", "password-manager: unknown"],
    ],
    [
      "no confirmation of one point",
      { settings: withoutConfirmation("antiPhishing") },
      ["anti-phishing: unknown"],
    ],
    [
      "a name that says nothing",
      { settings: { ...soundEvidence().settings, keyName: "test" } },
      ["key-name: fail"],
    ],
    [
      "a secret in a tracked file",
      { trackedFiles: { verdict: "fail", known: { by: "proven" }, detail: "It is in notes.txt." } },
      ["tracked-files: fail"],
    ],
  ])("%s", (_, changes, expected) => {
    expect(complaints(changes)).toEqual(expected);
  });

  test("a key's age and the confirmations count by the exchange's clock", () => {
    const createTime = now + 10 * 60_000;
    const ahead = server({
      clock: { ok: true, value: { differenceMs: 3_600_000, roundTripMs: 0 } },
      restrictions: { ok: true, value: { ...soundReply, createTime } },
    });
    expect(complaints({ server: ahead })).toEqual(["clock: fail"]);
  });

  test("a refused address fails, and is named", () => {
    const skipped = failed({ kind: "skipped" });
    const refusedBy = (requestIp: string) =>
      checklist(
        soundEvidence({
          server: server({
            restrictions: failed(refused(401, -2015, { requestIp })),
            account: skipped,
            orderTest: skipped,
          }),
        }),
      );
    expect(refusedBy(ipAddress).find(({ id }) => id === "connection")).toMatchObject({ verdict: "fail" });
    expect(refusedBy(ipAddress).find(({ id }) => id === "address")).toMatchObject({
      verdict: "pass",
      known: { by: "proven" },
    });
    expect(refusedBy("192.0.2.1").find(({ id }) => id === "address")).toMatchObject({ verdict: "fail" });
  });
});

test("every finding that doesn't pass says what to do", () => {
  const observed = soundServer({ restrictions: failed({ kind: "unreadable", problem: "is odd" }) });
  const doubts = checklist(soundEvidence({ server: observed })).filter(({ verdict }) => verdict !== "pass");
  expect(doubts.length).toBeGreaterThan(3);
  for (const { remedy } of doubts) {
    expect(remedy).toMatch(/\w/);
  }
});

test("fail counts more than unknown, unknown more than pass, and nothing at all isn't a pass", () => {
  expect(exitCode(overall(["pass", "pass"]))).toBe(0);
  expect(exitCode(overall(["pass", "unknown", "fail"]))).toBe(1);
  expect(exitCode(overall(["pass", "unknown"]))).toBe(2);
  expect(overall([])).toBe("unknown");
});

function withoutConfirmation(name: "twoFactor" | "antiPhishing" | "passwordManager"): Evidence["settings"] {
  const { settings } = soundEvidence();
  return { ...settings, confirmations: { ...settings.confirmations, [name]: undefined } };
}
