import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Failure, Result } from "../../../binance/failure.ts";
import { judgeWhitelist, judgeWhitelistActive } from "../../../checklist/rules/whitelist.ts";
import { failed, refused, soundReply } from "../../binance/support.ts";
import { ipAddress } from "../support.ts";

const accepted = { ok: true, value: soundReply } as const;
const refusedHere = failed(refused(401, -2015));

function judge(direct: Result<unknown>, ipRestrict: unknown = true, sharesAddress = false) {
  return judgeWhitelist({
    restrictions: { ok: true, value: { ...soundReply, ipRestrict } },
    direct: { result: direct, sharesAddress },
    ipAddress,
  });
}

test("success there and refusal here are evidence, not proof", () => {
  expect(judge(refusedHere)).toMatchSnapshot();
});

test("a key that works everywhere fails, by what Binance says and by trying", () => {
  expect(judge(refusedHere, false)).toMatchSnapshot();
  expect(judge(accepted)).toMatchSnapshot();
  expect(judge(accepted, false)).toEqual(judge(refusedHere, false));
});

test.each([["true"], [1], [null], [undefined]])("ipRestrict %j is unknown", (ipRestrict) => {
  // An explicit undefined must not become the default.
  const reply = { ...soundReply, ipRestrict };
  const restrictions = { ok: true as const, value: reply };
  expect(
    judgeWhitelist({ restrictions, direct: { result: refusedHere, sharesAddress: false }, ipAddress }),
  ).toMatchObject({
    verdict: "unknown",
    known: undefined,
    detail: "The reply is unclear about ipRestrict.",
    remedy: `Look at the key in API Management: its trusted IPs should be ${ipAddress} and no other.`,
  });
  expect(judgeWhitelistActive(reply, ipAddress)).toMatchObject({
    verdict: "unknown",
    detail: "The reply is unclear about ipRestrict.",
  });
});

test("gate and guard look only at the reply", () => {
  expect(judgeWhitelistActive(soundReply, ipAddress)).toMatchSnapshot();
  expect(judgeWhitelistActive({ ...soundReply, ipRestrict: false }, ipAddress)).toMatchSnapshot();
});

describe("the second proof is missing", () => {
  test.each<[string, Result<unknown>, boolean]>([
    ["this computer has the server's address", refusedHere, true],
    ["it has, and is accepted", accepted, true],
    ["Binance names the server's address here", failed(refused(401, -2015, { requestIp: ipAddress })), false],
    ["no network", failed({ kind: "unreachable", reason: "dns", detail: "no name" }), false],
    ["a closed country", failed(refused(451, 0)), false],
    ["a ban", failed(refused(418, -1003)), false],
    ["a ban with the code of a refused address", failed(refused(418, -2015)), false],
    ["the firewall with the code of a refused address", failed(refused(403, -2015)), false],
    ["a wrong signature", failed(refused(400, -1022)), false],
    ["an unknown key", failed(refused(400, -2008)), false],
    ["not requested", failed({ kind: "skipped" }), false],
    ["a refusal that came as a success", failed(refused(200, -2015)), false],
  ])("%s", (_, direct, shared) => {
    expect(judge(direct, true, shared)).toMatchSnapshot();
    expect(judge(direct, true, shared).verdict).toBe("unknown");
  });
});

describe("without an answer to the server", () => {
  const withoutAnswer = (failure: Failure, direct: Result<unknown>, sharesAddress = false) =>
    judgeWhitelist({ restrictions: failed(failure), direct: { result: direct, sharesAddress }, ipAddress });

  test("a refused server gets the address to whitelist", () => {
    expect(withoutAnswer(refused(401, -2015), accepted)).toMatchSnapshot();
    expect(withoutAnswer(refused(401, -2015), refusedHere).detail).toBe(
      `The key is refused from the server at ${ipAddress}.`,
    );
    expect(withoutAnswer(refused(401, -2015), accepted, true).detail).toBe(
      `The key is refused from the server at ${ipAddress}.`,
    );
  });

  test("any other failure leaves it unchecked", () => {
    for (const failure of [refused(400, -2008), refused(418, -2015), refused(503)]) {
      expect(withoutAnswer(failure, accepted).detail).toContain("Not checked");
    }
    expect(withoutAnswer({ kind: "skipped" }, accepted).verdict).toBe("unknown");
  });
});

test("only a true ipRestrict, a working server and the one refusal pass; any damage to them doesn't", () => {
  const sound = { ipRestrict: true, direct: refusedHere, shared: false };
  expect(judge(sound.direct, sound.ipRestrict, sound.shared).verdict).toBe("pass");

  const otherRefusal = fc
    .record({
      status: fc.constantFrom(200, 400, 401, 403, 418, 429, 451, 500),
      code: fc.constantFrom(-2015, -2014, -2008, -1022, -1021, -1003, 0),
    })
    .filter(({ status, code }) => code !== -2015 || [200, 403, 418, 429, 451].includes(status))
    .map(({ status, code }) => failed(refused(status, code)));
  const damages = fc.oneof(
    fc
      .oneof(fc.boolean(), fc.jsonValue())
      .filter((value) => value !== true)
      .map((ipRestrict) => ({ ipRestrict })),
    fc
      .oneof(
        otherRefusal,
        fc.constant(failed({ kind: "skipped" })),
        fc.constant(failed({ kind: "unreadable", problem: "is odd" })),
        fc.jsonValue().map((value) => ({ ok: true, value }) as const),
      )
      .map((direct) => ({ direct })),
    fc.constant({ shared: true }),
  );
  fc.assert(
    fc.property(
      damages,
      (damage: Partial<{ ipRestrict: unknown; direct: Result<unknown>; shared: boolean }>) => {
        const { ipRestrict, direct, shared } = { ...sound, ...damage };
        expect(judge(direct, ipRestrict, shared).verdict).not.toBe("pass");
      },
    ),
    { numRuns: 500 },
  );
});

describe("a stack with a standby address", () => {
  const standbyIp = "203.0.113.20";
  const judgeBoth = (direct: Result<unknown>, ipRestrict = true) =>
    judgeWhitelist({
      restrictions: { ok: true, value: { ...soundReply, ipRestrict } },
      direct: { result: direct, sharesAddress: false },
      ipAddress,
      standbyIp,
    });

  test("every advice about the whitelist names both addresses", () => {
    expect(judgeBoth(refusedHere, false)).toMatchObject({
      remedy: expect.stringContaining(`with ${ipAddress}, the standby address ${standbyIp}, and no other`),
    });
    expect(judgeBoth(accepted)).toMatchObject({
      remedy: expect.stringContaining(`leave only ${ipAddress} and ${standbyIp}`),
    });
  });

  test("the evidence about the server says nothing about the standby address, which it mentions", () => {
    expect(judgeBoth(refusedHere)).toMatchObject({
      verdict: "pass",
      detail: expect.stringContaining(`it says nothing about the standby address ${standbyIp}`),
    });
  });
});
