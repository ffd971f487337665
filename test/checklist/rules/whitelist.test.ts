import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Attempt, Trouble } from "../../../binance/errors.ts";
import { judgeWhitelist } from "../../../checklist/rules/whitelist.ts";
import { failed, ipAddress, refused, soundReply } from "../../binance/support.ts";

const accepted = { ok: true, value: soundReply } as const;
const refusedHere = failed(refused(401, -2015));

function judge(direct: Attempt<unknown>, ipRestrict: unknown = true, sharesAddress = false) {
  return judgeWhitelist({
    restrictions: { ok: true, value: { ...soundReply, ipRestrict } },
    direct: { attempt: direct, sharesAddress },
    ipAddress,
  });
}

test("a success there and a refusal here are evidence, and no proof", () => {
  expect(judge(refusedHere)).toMatchObject({ verdict: "pass", known: { by: "evidence" } });
});

test("a key that works everywhere fails, by what Binance says and by trying", () => {
  expect(judge(refusedHere, false).verdict).toBe("fail");
  expect(judge(accepted).verdict).toBe("fail");
  expect(judge(accepted, true).remedy).toContain(`leave ${ipAddress} alone`);
});

describe("the second proof is missing", () => {
  test.each<[string, Attempt<unknown>, boolean]>([
    ["this computer has the server's address", refusedHere, true],
    ["it has, and is let in", accepted, true],
    ["Binance names the server's address here", failed(refused(401, -2015, { requestIp: ipAddress })), false],
    ["no network", failed({ kind: "unreachable", reason: "dns", detail: "no name" }), false],
    ["a closed country", failed(refused(451, 0)), false],
    ["a ban", failed(refused(418, -1003)), false],
    ["a wrong signature", failed(refused(400, -1022)), false],
    ["an unknown key", failed(refused(400, -2008)), false],
    ["not asked", failed({ kind: "skipped" }), false],
    ["a refusal that came as a success", failed(refused(200, -2015)), false],
  ])("%s", (_, direct, shared) => {
    const judged = judge(direct, true, shared);
    expect(judged.verdict).toBe("unknown");
    expect(judged.detail).toContain("The second proof is missing");
    expect(judged.remedy).toBeDefined();
  });
});

test("a refused server names the address to whitelist", () => {
  const judged = judgeWhitelist({
    restrictions: failed(refused(401, -2015)),
    direct: { attempt: accepted, sharesAddress: false },
    ipAddress,
  });
  expect(judged).toMatchObject({ verdict: "fail", remedy: expect.stringContaining(`add ${ipAddress}`) });
  expect(judged.detail).toContain("holds another address");
});

test("nothing but a true ipRestrict, a working server and the one refusal ever passes", () => {
  const trouble: fc.Arbitrary<Trouble> = fc.oneof(
    fc
      .record({
        status: fc.constantFrom(200, 400, 401, 403, 418, 429, 451, 500),
        code: fc.constantFrom(-2015, -2014, -2008, -1022, -1021, -1003, 0),
      })
      .map(({ status, code }) => refused(status, code)),
    fc.constant<Trouble>({ kind: "skipped" }),
    fc.constant<Trouble>({ kind: "unreadable", what: "is odd" }),
  );
  const attempt: fc.Arbitrary<Attempt<unknown>> = fc.oneof(
    fc.jsonValue().map((value) => ({ ok: true, value }) as const),
    trouble.map(failed),
  );
  fc.assert(
    fc.property(
      fc.oneof(fc.boolean(), fc.jsonValue()),
      attempt,
      fc.boolean(),
      (ipRestrict, direct, shared) => {
        if (judge(direct, ipRestrict, shared).verdict !== "pass") {
          return;
        }
        expect(ipRestrict).toBe(true);
        expect(shared).toBe(false);
        expect(direct).toMatchObject({ ok: false, trouble: { code: -2015 } });
      },
    ),
  );
});
