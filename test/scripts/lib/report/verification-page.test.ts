import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { checklist } from "../../../../checklist/checklist.ts";
import type { Verification } from "../../../../scripts/lib/report/verification.ts";
import { type Evidence, verificationPage } from "../../../../scripts/lib/report/verification-page.ts";
import { soundReply } from "../../../binance/support.ts";
import { soundEvidence, soundServer } from "../../../checklist/support.ts";

const refused = soundServer({ restrictions: { ok: true, value: { ...soundReply, ipRestrict: false } } });

function page(changes: Partial<Verification> = {}, history: Evidence["history"] = []): string {
  const verification: Verification = {
    ipAddress: "203.0.113.10",
    keyPair: "0123456789ab",
    live: true,
    inPaperMode: false,
    keyName: "TradingBot-Hetzner-01",
    at: Date.parse("2026-11-23T12:00:00Z"),
    findings: checklist(soundEvidence({ server: refused })),
    balances: [{ asset: "BTC", free: "1234.5", locked: "0" }],
    ...changes,
  };
  return verificationPage({ verification, server: "trading-bot-prod", history });
}

describe("the page of evidence", () => {
  test("has the verdict, each point with how it is known, and what to do", () => {
    const text = page();
    expect(text).toContain('<span class="verdict fail">FAIL</span>: 13 passed, 1 failed, 1 not known');
    for (let point = 1; point <= 8; point++) {
      expect(text).toContain(`<tr><td>${point}</td>`);
    }
    expect(text).toContain("confirmed 2026-11-01");
    expect(text).toContain("→ At Binance, in API Management");
  });

  test("has the history of key pairs, or why it could not be read", () => {
    const event = {
      at: "2026-11-20T10:00:00.000Z",
      what: "activated",
      fingerprint: "0123456789ab",
      outcome: "by a person",
    };
    expect(page({}, [event])).toContain(
      "<tr><td>2026-11-20 10:00:00</td><td>activated</td><td><code>0123456789ab</code></td><td>by a person</td></tr>",
    );
    expect(page({}, { problem: "Can't connect <here>" })).toContain(
      "It could not be read: Can&#39;t connect &lt;here&gt;",
    );
    expect(page()).toContain("No key pair has been on this server yet.");
  });

  test("shows no balance: others may read it", () => {
    expect(page()).not.toContain("1234.5");
  });

  test("loads and runs nothing", () => {
    const text = page();
    expect(text).toContain("default-src &#39;none&#39;; style-src &#39;sha256-");
    expect(text).not.toMatch(/<script|<link|<img|https?:\/\//);
  });

  test("shows a text from Binance or from the server as text, whatever it is", () => {
    const tags = (text: string) => text.match(/<[^>]*>/g) ?? [];
    const expected = tags(page({ keyName: "x" }));
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (keyName) => {
        expect(tags(page({ keyName }))).toEqual(expected);
      }),
    );
    expect(page({ keyName: '<b onclick="x">' })).toContain("&lt;b onclick=&quot;x&quot;&gt;");
  });
});
