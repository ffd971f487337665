import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Trouble } from "../../binance/errors.ts";
import type { Restrictions } from "../../binance/replies.ts";
import { activationFindings } from "../../checklist/activation.ts";
import { checklist } from "../../checklist/checklist.ts";
import { overall } from "../../checklist/finding.ts";
import { guardFindings } from "../../checklist/guarding.ts";
import { failed, ipAddress, refused, soundEvidence, soundReply, soundServer } from "../binance/support.ts";

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

test("the guard lets a sound key pass", () => {
  expect(guardVerdict(soundReply)).toBe("pass");
});

test("a key that may only read is the bot's trouble, and not the guard's", () => {
  expect(guardVerdict({ ...soundReply, enableSpotAndMarginTrading: false })).toBe("pass");
});

describe("whatever Binance says of a key, the guard says of it what is said elsewhere:", () => {
  const shared = ["withdrawals", "whitelist", "permissions"];

  test("`pulumi up` and the guard find the same, word by word", () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const restrictions = { ok: true, value: reply } as const;
        const gate = activationFindings(soundServer({ restrictions }), ipAddress);
        expect(guardFindings({ clock, restrictions }, ipAddress)).toEqual(
          gate.filter(({ id }) => shared.includes(id)),
        );
      }),
    );
  });

  test("`npm run verify` and the guard judge the same", () => {
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

test.each<[string, Trouble]>([
  ["a refused key", refused(401, -2015)],
  ["a deleted key", refused(400, -2008)],
  ["a wrong secret", refused(400, -1022)],
  ["a limit", refused(429, -1003)],
  ["a ban", refused(418, -1003, { waitSeconds: 60 })],
  ["a firewall", refused(403)],
  ["a country", refused(451, 0)],
  ["garbage", { kind: "unreadable", what: "is no JSON" }],
  ["no way there", { kind: "unreachable", reason: "connect", detail: "no connection (ECONNREFUSED)" }],
  ["a broken name service", { kind: "unreachable", reason: "dns", detail: "the name can't be resolved" }],
  ["a wrong certificate", { kind: "unreachable", reason: "certificate", detail: "isn't trusted" }],
])("%s stops no bot, and is said with what to do at the server", (_, trouble) => {
  for (const observed of [
    { clock, restrictions: failed(trouble) },
    { clock: failed(trouble), restrictions: failed({ kind: "skipped" }) },
  ]) {
    const [finding, ...others] = guardFindings(observed, ipAddress);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ verdict: "unknown", remedy: expect.any(String) });
    expect(JSON.stringify(finding)).not.toMatch(/this computer|run this again|ssh has|proxy setting/i);
  }
});
