import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { checklist } from "../../../../checklist/checklist.ts";
import { reportJson } from "../../../../scripts/lib/report/json.ts";
import { mayColour, reportTable, wrap } from "../../../../scripts/lib/report/table.ts";
import type { Verification } from "../../../../scripts/lib/verification/verification.ts";
import { soundEvidence, soundReply, soundServer } from "../../../binance/support.ts";

function verification(changes: Partial<Verification> = {}): Verification {
  const server = soundServer({ restrictions: { ok: true, value: { ...soundReply, ipRestrict: false } } });
  return {
    ipAddress: "203.0.113.10",
    keyPair: "0123456789ab",
    live: true,
    keyName: "TradingBot-Hetzner-01",
    at: Date.parse("2026-11-23T12:00:00Z"),
    findings: checklist(soundEvidence({ server })),
    balances: [{ asset: "BTC", free: "1.0", locked: "0.5" }],
    ...changes,
  };
}

test("the table tells the verdict, how it is known, and what to do", () => {
  const table = reportTable(verification(), false);
  expect(table).toMatch(/^ 1 {2}Withdrawals are off +pass +proven$/m);
  expect(table).toMatch(/^ 2 {2}Only the server's address may use the key +fail +proven$/m);
  expect(table).toMatch(/^ 3 {2}Two-factor authentication is on +pass +confirmed 2026-11-01$/m);
  expect(table).toContain("    → At Binance, in API Management");
  expect(table).toMatch(/^ {4}BTC {6}1\.0, and 0\.5 in orders$/m);
  expect(table).toContain("FAIL: 13 passed, 1 failed, 1 not known");
});

test("a pair that isn't on the server is said to be so", () => {
  expect(reportTable(verification({ live: false }), false)).toContain("`pulumi up` delivers it.");
});

test("nothing of Binance's reaches the terminal as a control character, and no long line but one long word", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const table = reportTable(
        verification({ keyName: text, balances: [{ asset: text, free: "1", locked: "0" }] }),
        false,
      );
      expect(/[\p{Cc}\p{Cf}]/u.test(table.replaceAll("\n", ""))).toBe(false);
    }),
  );
  expect(wrap("a ".repeat(100), 4).every((line) => line.length <= 80)).toBe(true);
});

test("colours are for terminals whose owner hasn't refused them", () => {
  expect(reportTable(verification(), true)).toContain("\x1b[31mfail");
  expect(mayColour({ isTTY: true }, {})).toBe(true);
  expect(mayColour({ isTTY: true }, { NO_COLOR: "1" })).toBe(false);
  expect(mayColour({}, {})).toBe(false);
});

test("the JSON has the documented shape", () => {
  const json: unknown = JSON.parse(reportJson(verification()));
  expect(json).toMatchObject({
    version: 1,
    checkedAt: "2026-11-23T12:00:00.000Z",
    verdict: "fail",
    server: { ipAddress: "203.0.113.10" },
    key: { fingerprint: "0123456789ab", live: true, name: "TradingBot-Hetzner-01" },
    balances: [{ asset: "BTC", free: "1.0", locked: "0.5" }],
  });
  expect(json).toHaveProperty("findings.0", {
    id: "withdrawals",
    point: 1,
    title: "Withdrawals are off",
    verdict: "pass",
    known: "proven",
    confirmedOn: null,
    detail: "Binance says so: enableWithdrawals is false.",
    causes: [],
    remedy: null,
  });
  expect(json).toHaveProperty("findings.2.confirmedOn", "2026-11-01");
});
