import { expect, test } from "@jest/globals";
import type { Result } from "../../binance/failure.ts";
import { demoKeyFindings } from "../../checklist/demo-key.ts";
import { overall } from "../../checklist/finding.ts";

const accepted: Result<unknown> = { ok: true, value: {} };
const unreachable: Result<unknown> = {
  ok: false,
  failure: { kind: "unreachable", reason: "timeout", detail: "no answer within 15 s" },
};

function refused(code: number, status = 400): Result<unknown> {
  const details = { message: "refused", waitSeconds: undefined, requestIp: undefined };
  return { ok: false, failure: { kind: "refused", status, code, ...details } };
}

test.each<[string, Result<unknown>, Result<unknown>, string, string]>([
  ["a demo key", accepted, refused(-2015, 401), "pass", ""],
  ["a demo key that the real exchange doesn't know", accepted, refused(-2008), "pass", ""],
  ["a key for real money", refused(-2008), accepted, "fail", "api.binance.com accepts this key"],
  ["a key that both accept", accepted, accepted, "fail", "api.binance.com accepts this key"],
  ["a key for real money with another secret", accepted, refused(-1022), "fail", "api.binance.com: "],
  ["a key that nobody knows", refused(-2008), refused(-2008), "fail", "demo-api.binance.com: "],
  ["a wrong demo secret", refused(-1022), refused(-2008), "fail", "demo-api.binance.com: "],
  ["nothing known of the real exchange", accepted, unreachable, "unknown", "api.binance.com: "],
  ["a firewall's refusal, which says nothing", accepted, refused(-2015, 403), "unknown", "api.binance.com: "],
  ["a key that the real exchange has locked", accepted, refused(-2017), "unknown", "api.binance.com: "],
  ["nothing known of the demo account", unreachable, refused(-2008), "unknown", "demo-api.binance.com: "],
])("for paper mode, %s", (_, demo, real, verdict, detail) => {
  const findings = demoKeyFindings({ demo, real }, "spot");
  expect(overall(findings.map((finding) => finding.verdict))).toBe(verdict);
  const others = findings.filter((finding) => finding.verdict !== "pass");
  expect(others.map((finding) => finding.detail).join("\n")).toContain(detail);
  expect(others.every(({ remedy }) => remedy !== undefined)).toBe(true);
});

test("a key for futures is tried at the demo host of futures", () => {
  expect(demoKeyFindings({ demo: accepted, real: refused(-2008) }, "futures")[0].detail).toBe(
    "demo-fapi.binance.com has answered.",
  );
});
