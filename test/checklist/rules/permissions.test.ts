import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgePermissions } from "../../../checklist/rules/permissions.ts";
import { soundReply } from "../../binance/support.ts";

/** The permissions that may be on. */
const allowed = ["enableReading", "enableSpotAndMarginTrading", "enableFixReadOnly"];

const excess = Object.keys(soundReply).filter(
  (name) => /^(enable|permits)/.test(name) && !allowed.includes(name),
);

/** Any reply: any fields of any type, real names among them. */
const anyReply = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...Object.keys(soundReply)),
    fc.string(),
    fc.string().map((end) => `enable${end}`),
  ),
  fc.oneof(fc.boolean(), fc.jsonValue()),
);

test("reading and spot trading are enough", () => {
  expect(judgePermissions(soundReply)).toMatchSnapshot();
  expect(judgePermissions({ ...soundReply, tradingAuthorityExpirationTime: null }).verdict).toBe("pass");
  expect(judgePermissions({ ...soundReply, isEnabled: true, notPermitted: true }).verdict).toBe("pass");
});

describe("each other permission is one too many", () => {
  test.each(excess)("%s, by its name in API Management", (name) => {
    expect(judgePermissions({ ...soundReply, [name]: true })).toMatchSnapshot();
  });

  test.each([
    ["enableCopyTrading", "enableCopyTrading"],
    ["permitsSomethingNew", "permitsSomethingNew"],
    ["ENABLEWITHDRAWALS", "ENABLEWITHDRAWALS"],
    [" enableWithdrawals", "enableWithdrawals"],
    ["enableReading ", "enableReading"],
  ])("%s, even though it isn't documented", (name, shown) => {
    const judged = judgePermissions({ ...soundReply, [name]: true });
    expect(judged).toMatchObject({ verdict: "fail", known: { by: "proven" } });
    expect(judged.detail).toBe(`The key may do more than it needs: ${shown}.`);
  });

  test("all of them are listed", () => {
    const { detail } = judgePermissions({ ...soundReply, enableFutures: true, enableNew: true });
    expect(detail).toBe('The key may do more than it needs: "Enable Futures" (enableFutures); enableNew.');
  });

  test("a name that is long enough to be a secret isn't shown", () => {
    const name = `enable${"x".repeat(60)}`;
    expect(judgePermissions({ ...soundReply, [name]: true }).detail).not.toContain("xxx");
  });
});

describe("an unclear reply is unknown", () => {
  test.each(excess)("without %s", (name) => {
    const reply = Object.fromEntries(Object.entries(soundReply).filter(([field]) => field !== name));
    expect(judgePermissions(reply)).toMatchObject({
      verdict: "unknown",
      detail: `The reply is unclear about ${name}.`,
    });
  });

  test("with an undocumented permission that is neither on nor off", () => {
    expect(judgePermissions({ ...soundReply, enableNew: "yes", permitX: null })).toMatchObject({
      verdict: "unknown",
      detail: "The reply is unclear about enableNew, permitX.",
    });
  });
});

test("a reply passes exactly if all excess permissions are off, undocumented ones included", () => {
  let passed = 0;
  fc.assert(
    fc.property(anyReply, fc.boolean(), (odd, onSound) => {
      const reply: Record<string, unknown> = onSound ? { ...soundReply, ...odd } : odd;
      const others = Object.keys(reply).filter(
        (name) => /^(enable|permit)/.test(name) && !allowed.includes(name),
      );
      const allOff = [...excess, ...others].every(
        (name) => Object.hasOwn(reply, name) && reply[name] === false,
      );
      const passes = judgePermissions(reply).verdict === "pass";
      passed += passes ? 1 : 0;
      if (passes) {
        expect(allOff).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
  // Otherwise nothing was compared.
  expect(passed).toBeGreaterThan(0);
});

test("nothing else in a reply turns a fail into anything else", () => {
  const bad = fc.constantFrom(...excess, "enableNew");
  fc.assert(
    fc.property(bad, anyReply, (name, odd) => {
      expect(judgePermissions({ ...odd, [name]: true }).verdict).toBe("fail");
    }),
  );
});
