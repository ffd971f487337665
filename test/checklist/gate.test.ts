import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { overall, type Verdict } from "../../checklist/finding.ts";
import { gateFindings } from "../../checklist/gate.ts";
import type { KeyRules } from "../../checklist/key-rules.ts";
import { noObservations } from "../../checklist/observations.ts";
import { failed, refused, soundReply } from "../binance/support.ts";
import { futuresReply, futuresRules, ipAddress, soundServer, spotRules } from "./support.ts";

const skipped = failed({ kind: "skipped" });

function verdictOf(changes: Parameters<typeof soundServer>[0]): Verdict {
  return overall(gateFindings(soundServer(changes), ipAddress, spotRules).map(({ verdict }) => verdict));
}

function verdictOfReply(value: Record<string, unknown>): Verdict {
  return verdictOf({ restrictions: { ok: true, value } });
}

test("a sound pair passes, and nothing more than needed is looked at", () => {
  expect(verdictOf({})).toBe("pass");
  expect(verdictOf({ accountStatus: skipped, apiTradingStatus: skipped })).toBe("pass");
});

test("the findings of a sound pair", () => {
  expect(gateFindings(soundServer(), ipAddress, spotRules)).toMatchSnapshot();
});

test("without a reply there is one finding", () => {
  const findings = gateFindings(soundServer({ restrictions: failed(refused(503)) }), ipAddress, spotRules);
  expect(findings.map(({ id, verdict }) => [id, verdict])).toEqual([["connection", "unknown"]]);
});

test("a pair for futures passes if it is declared, and only then", () => {
  const futures = soundServer({ restrictions: { ok: true, value: futuresReply } });
  const findingsBy = (rules: KeyRules, observed = futures) => gateFindings(observed, ipAddress, rules);
  const verdictBy = (...args: Parameters<typeof findingsBy>) =>
    overall(findingsBy(...args).map(({ verdict }) => verdict));
  expect(verdictBy(futuresRules)).toBe("pass");
  expect(verdictBy(spotRules)).toBe("fail");
  expect(verdictBy(futuresRules, soundServer())).toBe("fail");
  expect(findingsBy(futuresRules).map(({ id }) => id)).toContain("futures-trading");
});

describe("a pair is refused", () => {
  test.each([
    ["ipRestrict", false],
    ["enableWithdrawals", true],
    ["enableFutures", true],
    ["enableSomethingNew", true],
    ["enableSpotAndMarginTrading", false],
  ])("with %s %s, whatever else the reply says", (name, value) => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (odd) => {
        expect(verdictOfReply({ ...soundReply, ...odd, [name]: value })).toBe("fail");
      }),
    );
  });

  test.each([
    ["a wrong secret", { restrictions: failed(refused(400, -1022)) }, "fail"],
    ["a country that isn't served", { restrictions: failed(refused(451, 0)) }, "fail"],
    [
      "a closed account",
      { account: { ok: true as const, value: { canTrade: false, balances: [] } } },
      "fail",
    ],
    ["a refused order", { orderTest: failed(refused(401, -2015)) }, "fail"],
    ["a reply that says nothing", { restrictions: { ok: true as const, value: {} } }, "unknown"],
    ["no connection", noObservations({ kind: "unreachable", reason: "timeout", detail: "" }), "unknown"],
    ["a broken tunnel", noObservations({ kind: "tunnel", reason: "ssh-denied", detail: "" }), "unknown"],
    ["maintenance", { account: failed(refused(503)) }, "unknown"],
    ["a refusal during a ban", { restrictions: failed(refused(418, -2015)) }, "unknown"],
    ["a pair of the test order that isn't traded", { orderTest: failed(refused(400, -1121)) }, "unknown"],
  ])("with %s", (_, changes, verdict) => {
    expect(verdictOf(changes)).toBe(verdict);
  });
});

describe("only a reply that confirms everything passes", () => {
  const fields = Object.entries(soundReply).filter(([, value]) => typeof value === "boolean");
  // Reading is proven by the reply itself, and read-only FIX access comes with it.
  const ignored = ["enableReading", "enableFixReadOnly"];
  const required = fields.filter(([name]) => !ignored.includes(name));

  test.each(required)("%s can't be missing", (name) => {
    const reply = Object.fromEntries(Object.entries(soundReply).filter(([field]) => field !== name));
    expect(verdictOfReply(reply)).not.toBe("pass");
  });

  test.each(required)("%s must be %s, and nothing like it", (name, sound) => {
    const other = fc
      .oneof(fc.boolean(), fc.jsonValue(), fc.constantFrom(0, 1, "true", "false", null))
      .filter((value) => value !== sound);
    fc.assert(
      fc.property(other, (value) => {
        expect(verdictOfReply({ ...soundReply, [name]: value })).not.toBe("pass");
      }),
    );
  });

  test("any damage to a sound reply is noticed, and an undamaged field still counts", () => {
    const damage = fc.dictionary(
      fc.constantFrom(...required.map(([name]) => name)),
      fc.oneof(fc.boolean(), fc.jsonValue()),
      { minKeys: 1 },
    );
    let passed = 0;
    fc.assert(
      fc.property(damage, (changes) => {
        const reply = { ...soundReply, ...changes };
        const isSound = required.every(([name, value]) =>
          Object.entries(reply).some(([field, now]) => field === name && now === value),
        );
        passed += isSound ? 1 : 0;
        expect(verdictOfReply(reply) === "pass").toBe(isSound);
      }),
      { numRuns: 500 },
    );
    // Otherwise nothing but refusals was compared.
    expect(passed).toBeGreaterThan(0);
  });
});
