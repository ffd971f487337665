import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Failure } from "../../binance/failure.ts";
import type { Restrictions } from "../../binance/replies.ts";
import { checklist } from "../../checklist/checklist.ts";
import { overall } from "../../checklist/finding.ts";
import { gateFindings } from "../../checklist/gate.ts";
import { failureOf, guardFailure, guardFindings } from "../../checklist/guard.ts";
import { failed, refused, soundReply } from "../binance/support.ts";
import { ipAddress, soundEvidence, soundServer } from "./support.ts";

const { clock } = soundServer();

function guardVerdict(reply: Restrictions) {
  const findings = guardFindings({ clock, restrictions: { ok: true, value: reply } }, ipAddress);
  return overall(findings.map(({ verdict }) => verdict));
}

/** Replies that are nearly sound, or not at all. */
const anyReply = fc
  .tuple(
    fc.constantFrom<Restrictions[]>(soundReply, {}),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom(...Object.keys(soundReply)),
        fc.string().map((end) => `enable${end}`),
      ),
      fc.oneof(fc.boolean(), fc.constantFrom(null, "true", "false", 0, 1)),
      { maxKeys: 3 },
    ),
  )
  .map(([base, changes]): Restrictions => ({ ...base, ...changes }));

test("a sound key passes", () => {
  expect(guardVerdict(soundReply)).toBe("pass");
});

test("a key that may only read is a problem for the bot, not for the guard", () => {
  expect(guardVerdict({ ...soundReply, enableSpotAndMarginTrading: false })).toBe("pass");
});

describe("the guard judges a key as the others do:", () => {
  const shared = ["withdrawals", "whitelist", "permissions"];

  test("`pulumi up` and the guard report the same, word for word", () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const restrictions = { ok: true, value: reply } as const;
        const gate = gateFindings(soundServer({ restrictions }), ipAddress);
        const guard = guardFindings({ clock, restrictions }, ipAddress);
        expect(guard.map(({ id }) => id)).toEqual(shared);
        expect(guard).toEqual(gate.filter(({ id }) => shared.includes(id)));
      }),
    );
  });

  test("`npm run verify` and the guard reach the same verdicts", () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const restrictions = { ok: true, value: reply } as const;
        const verified = checklist(soundEvidence({ server: soundServer({ restrictions }) }));
        const verdicts = (findings: typeof verified) =>
          Object.fromEntries(
            findings.filter(({ id }) => shared.includes(id)).map(({ id, verdict }) => [id, verdict]),
          );
        expect(verdicts(guardFindings({ clock, restrictions }, ipAddress))).toEqual(verdicts(verified));
      }),
    );
  });
});

describe("no failure stops a bot, and each comes with what to do at the server", () => {
  const failures: [string, Failure][] = [
    ["a refused key", refused(401, -2015)],
    ["a deleted key", refused(400, -2008)],
    ["a wrong secret", refused(400, -1022)],
    ["a limit", refused(429, -1003)],
    ["a ban", refused(418, -1003, { waitSeconds: 60 })],
    ["a firewall", refused(403)],
    ["a country", refused(451, 0)],
    ["garbage", { kind: "unreadable", problem: "isn't JSON" }],
    ["no connection", { kind: "unreachable", reason: "connect", detail: "no connection (ECONNREFUSED)" }],
    ["broken DNS", { kind: "unreachable", reason: "dns", detail: "the name can't be resolved" }],
    ["a wrong certificate", { kind: "unreachable", reason: "certificate", detail: "isn't trusted" }],
  ];

  test.each(failures)("%s", (_, failure) => {
    for (const observed of [{ clock, restrictions: failed(failure) }, guardFailure(failure)]) {
      expect(failureOf(observed)).toBe(failure);
      const [finding, ...others] = guardFindings(observed, ipAddress);
      expect(others).toEqual([]);
      expect(finding).toMatchObject({
        id: "connection",
        point: undefined,
        title: "Binance reports what the key may do",
        verdict: "unknown",
        known: undefined,
        detail: expect.stringMatching(/^The request from the server failed: .*[^.]\.$/),
        remedy: expect.stringMatching(/\w/),
      });
      expect(JSON.stringify(finding)).not.toMatch(/this computer|run this again|ssh ended/i);
    }
  });

  test("if Binance answered, there is no failure", () => {
    expect(failureOf({ clock, restrictions: { ok: true, value: soundReply } })).toBeUndefined();
  });

  test("if the clock could not be read, the key was not used", () => {
    expect(guardFailure(refused(503))).toEqual({
      clock: failed(refused(503)),
      restrictions: failed({ kind: "skipped" }),
    });
  });
});
