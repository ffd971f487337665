import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { checklist } from "../../../../checklist/checklist.ts";
import { type Verification, verificationJson } from "../../../../scripts/lib/report/verification.ts";
import { verificationTable } from "../../../../scripts/lib/report/verification-table.ts";
import { wrap } from "../../../../scripts/lib/report/wrap.ts";
import { soundReply } from "../../../binance/support.ts";
import { soundEvidence, soundServer } from "../../../checklist/support.ts";
import { inBrackets, plain } from "../../../support/styles.ts";

function verification(changes: Partial<Verification> = {}): Verification {
  const server = soundServer({ restrictions: { ok: true, value: { ...soundReply, ipRestrict: false } } });
  return {
    ipAddress: "203.0.113.10",
    keyPair: "0123456789ab",
    live: true,
    inPaperMode: false,
    keyName: "TradingBot-Hetzner-01",
    at: Date.parse("2026-11-23T12:00:00Z"),
    findings: checklist(soundEvidence({ server })),
    balances: [{ asset: "BTC", free: "1.0", locked: "0.5" }],
    ...changes,
  };
}

test("the table shows the verdict, how it is known, and what to do", () => {
  const table = verificationTable(verification(), plain);
  expect(table).toMatch(/^ 1 {2}Withdrawals are off +pass +proven$/m);
  expect(table).toMatch(/^ 2 {2}Only the server's address may use the key +fail +proven$/m);
  expect(table).toMatch(/^ 3 {2}Two-factor authentication is on +pass +confirmed 2026-11-01$/m);
  expect(table).toContain("    → At Binance, in API Management");
  expect(table).toMatch(/^ {4}BTC {6}1\.0, and 0\.5 in orders$/m);
  expect(table).toContain("FAIL: 13 passed, 1 failed, 1 not known");
});

test("the table says if the key pair isn't the one on the server", () => {
  const table = verificationTable(verification({ live: false }), plain);
  expect(table).toContain("not live on the server");
});

test("table and JSON say if the bot is in paper mode, and doesn't get the key pair", () => {
  const paper = verification({ inPaperMode: true });
  expect(verificationTable(paper, plain)).toContain("The bot is in paper mode and doesn't get this key pair");
  expect(verificationTable(verification(), plain)).not.toContain("paper mode");
  expect(JSON.parse(verificationJson(paper))).toMatchObject({ botInPaperMode: true });
});

test("each verdict has its colour", () => {
  const table = verificationTable(verification(), inBrackets);
  expect(table).toContain("red(FAIL): 13 passed");
  expect(table.match(/green\(pass {5}\)/g)).toHaveLength(13);
  expect(table.match(/red\(fail {5}\)/g)).toHaveLength(1);
  expect(table.match(/yellow\(unknown {2}\)/g)).toHaveLength(1);
});

test("nothing from Binance can control the terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
      const table = verificationTable(
        verification({ keyName: text, balances: [{ asset: text, free: "1", locked: "0" }] }),
        plain,
      );
      expect(/[\p{Cc}\p{Cf}]/u.test(table.replaceAll("\n", ""))).toBe(false);
    }),
  );
});

test("a text is wrapped at its spaces, and a longer word stays whole", () => {
  const lines = wrap("a ".repeat(100), 4);
  expect(lines.map((line) => line.length)).toEqual([79, 79, 52]);
  expect(lines.every((line) => line.startsWith("    a"))).toBe(true);
  const command = "c".repeat(90);
  expect(wrap(`run ${command} now`)).toEqual(["run", command, "now"]);
});

test("the JSON has the documented shape", () => {
  const json: unknown = JSON.parse(verificationJson(verification()));
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
    detail: "Binance confirms it: enableWithdrawals is false.",
    causes: [],
    remedy: null,
  });
  expect(json).toHaveProperty("findings.2.confirmedOn", "2026-11-01");
});
