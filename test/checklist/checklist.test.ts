import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { activationFindings } from "../../checklist/activation.ts";
import { checklist, type Evidence } from "../../checklist/checklist.ts";
import { exitCode, overall } from "../../checklist/finding.ts";
import { nothing } from "../../checklist/observations.ts";
import { failed, ipAddress, refused, soundEvidence, soundReply, soundServer } from "../binance/support.ts";

/** The findings that are no pass, as "id: verdict". */
function complaints(changes: Partial<Evidence>): string[] {
  return checklist(soundEvidence(changes))
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ id, verdict }) => `${id}: ${verdict}`);
}

test("a sound key passes in every point, the eight first", () => {
  const findings = checklist(soundEvidence());
  expect(findings.map(({ point }) => point).slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(complaints({})).toEqual([]);
  expect(new Set(findings.map(({ id }) => id)).size).toBe(findings.length);
});

describe("each thing that is wrong shows where it belongs", () => {
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
      "an order that isn't taken",
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
    ["an early clock", { server: clock(-1001) }, ["clock: fail"]],
    ["a clock that may be early", { server: clock(-900, 400) }, ["clock: unknown"]],
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
      "another key than the confirmed",
      { key: "ba9876543210" },
      ["two-factor: unknown", "anti-phishing: unknown", "password-manager: unknown"],
    ],
  ])("%s", (_, changes, expected) => {
    expect(complaints(changes)).toEqual(expected);
  });

  test("an unreachable server leaves in doubt what Binance would tell, and fails nothing", () => {
    const verdicts = checklist(
      soundEvidence({ server: nothing({ kind: "unreachable", reason: "ssh-unreachable", detail: "no" }) }),
    );
    expect(verdicts.map(({ verdict }) => verdict)).not.toContain("fail");
    expect(verdicts.find(({ id }) => id === "connection")).toMatchObject({
      verdict: "unknown",
      remedy: expect.stringContaining("adminCidrs"),
    });
  });

  test("a refused address fails, and names what to whitelist", () => {
    const refusal = failed(refused(401, -2015, { requestIp: ipAddress }));
    const skipped = failed({ kind: "skipped" });
    const observed = server({ restrictions: refusal, account: skipped, orderTest: skipped });
    const findings = checklist(soundEvidence({ server: observed }));
    expect(findings.find(({ id }) => id === "connection")).toMatchObject({ verdict: "fail" });
    expect(findings.find(({ id }) => id === "address")).toMatchObject({
      verdict: "pass",
      known: { by: "proven" },
    });
    expect(
      complaints({
        server: server({ restrictions: failed(refused(401, -2015, { requestIp: "192.0.2.1" })) }),
      }),
    ).toContain("address: fail");
  });
});

test("every finding that is no pass says what to do", () => {
  const observed = soundServer({ restrictions: failed({ kind: "unreadable", what: "is odd" }) });
  for (const { verdict, remedy } of checklist(soundEvidence({ server: observed }))) {
    if (verdict !== "pass") {
      expect(remedy).toBeTruthy();
    }
  }
});

test("fail outweighs doubt, doubt outweighs pass, and nothing at all is no pass", () => {
  expect(exitCode(overall(["pass", "pass"]))).toBe(0);
  expect(exitCode(overall(["pass", "unknown", "fail"]))).toBe(1);
  expect(exitCode(overall(["pass", "unknown"]))).toBe(2);
  expect(overall([])).toBe("unknown");
});

describe("the gate", () => {
  const verdictOf = (changes: Parameters<typeof soundServer>[0]) =>
    overall(activationFindings(soundServer(changes), ipAddress).map(({ verdict }) => verdict));

  test("lets a sound pair through, and asks for nothing more than it needs", () => {
    expect(verdictOf({})).toBe("pass");
    expect(verdictOf({ accountStatus: failed({ kind: "skipped" }) })).toBe("pass");
  });

  test.each([
    ["ipRestrict", false],
    ["enableWithdrawals", true],
    ["enableFutures", true],
    ["enableSomethingNew", true],
    ["enableSpotAndMarginTrading", false],
  ])("holds back a pair with %s %s, whatever else the reply says", (name, value) => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (odd) => {
        expect(
          verdictOf({ restrictions: { ok: true, value: { ...soundReply, ...odd, [name]: value } } }),
        ).toBe("fail");
      }),
    );
  });

  test("holds back what is refused, closed or not known", () => {
    expect(verdictOf({ restrictions: failed(refused(400, -1022)) })).toBe("fail");
    expect(verdictOf({ account: { ok: true, value: { canTrade: false, balances: [] } } })).toBe("fail");
    expect(verdictOf({ orderTest: failed(refused(401, -2015)) })).toBe("fail");
    expect(verdictOf({ restrictions: { ok: true, value: {} } })).toBe("unknown");
    expect(verdictOf(nothing({ kind: "unreachable", reason: "timeout", detail: "" }))).toBe("unknown");
    expect(verdictOf({ account: failed(refused(503)) })).toBe("unknown");
  });

  test("passes nothing but a reply that says all of it", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(soundReply)), fc.oneof(fc.boolean(), fc.jsonValue())),
        (value) => {
          if (verdictOf({ restrictions: { ok: true, value } }) !== "pass") {
            return;
          }
          expect(value).toMatchObject({
            ipRestrict: true,
            enableWithdrawals: false,
            enableSpotAndMarginTrading: true,
          });
        },
      ),
    );
  });
});
