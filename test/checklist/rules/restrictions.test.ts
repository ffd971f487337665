import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import * as z from "zod";
import {
  judgePermissions,
  judgeTradingPermission,
  judgeWithdrawals,
} from "../../../checklist/rules/restrictions.ts";
import { soundReply } from "../../binance/support.ts";

const withoutWithdrawals = Object.fromEntries(
  Object.entries(soundReply).filter(([name]) => name !== "enableWithdrawals"),
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

describe("withdrawals", () => {
  test("off is a pass, on a fail, and nothing clear a doubt", () => {
    expect(judgeWithdrawals(soundReply).verdict).toBe("pass");
    expect(judgeWithdrawals({ ...soundReply, enableWithdrawals: true })).toMatchObject({
      verdict: "fail",
      remedy: expect.stringContaining("Delete the key at Binance at once"),
    });
    expect(judgeWithdrawals(withoutWithdrawals).verdict).toBe("unknown");
  });

  test.each([[null], ["false"], [0], ["no"], [[]], [{}]])("%j is no clear no", (value) => {
    expect(judgeWithdrawals({ ...soundReply, enableWithdrawals: value }).verdict).toBe("unknown");
  });

  test("a field that is inherited isn't a field", () => {
    expect(
      judgeWithdrawals(z.custom<Record<string, unknown>>().parse(Object.create(soundReply))).verdict,
    ).toBe("unknown");
  });
});

describe("permissions", () => {
  test("reading and spot trading are enough", () => {
    expect(judgePermissions(soundReply).verdict).toBe("pass");
    expect(judgePermissions({ ...soundReply, tradingAuthorityExpirationTime: null }).verdict).toBe("pass");
  });

  test.each([
    ["enableFutures", '"Enable Futures" (enableFutures)'],
    ["enableMargin", '"Enable Margin Loan, Repay & Transfer" (enableMargin)'],
    ["enableWithdrawals", "enableWithdrawals"],
    ["permitsUniversalTransfer", "(permitsUniversalTransfer)"],
    ["enableCopyTrading", "enableCopyTrading"],
    ["permitsSomethingNew", "permitsSomethingNew"],
    ["ENABLEWITHDRAWALS", "ENABLEWITHDRAWALS"],
    [" enableWithdrawals", "enableWithdrawals"],
  ])("%s is one too many", (name, named) => {
    const judged = judgePermissions({ ...soundReply, [name]: true });
    expect(judged.verdict).toBe("fail");
    expect(judged.detail).toContain(named);
  });

  test("a documented one that is missing, or an unknown one that is neither on nor off, is a doubt", () => {
    expect(judgePermissions(withoutWithdrawals).verdict).toBe("unknown");
    expect(judgePermissions({ ...soundReply, enableNew: "yes" }).verdict).toBe("unknown");
  });

  test("no reply, however odd, passes with anything on, or without saying that all is off", () => {
    fc.assert(
      fc.property(anyReply, fc.boolean(), (odd, onSound) => {
        const reply: Record<string, unknown> = onSound ? { ...soundReply, ...odd } : odd;
        if (judgePermissions(reply).verdict !== "pass") {
          return;
        }
        for (const [name, value] of Object.entries(reply)) {
          if (
            /^(enable|permits)/.test(name) &&
            !["enableReading", "enableSpotAndMarginTrading", "enableFixReadOnly"].includes(name)
          ) {
            expect([name, value]).toEqual([name, false]);
          }
        }
        expect(reply).toMatchObject({ enableWithdrawals: false, enableFutures: false });
      }),
    );
  });

  test("nothing that a reply says besides turns a fail into anything else", () => {
    const bad = fc.constantFrom(
      "enableWithdrawals",
      "enableFutures",
      "permitsUniversalTransfer",
      "enableNew",
    );
    fc.assert(
      fc.property(bad, anyReply, (name, odd) => {
        const reply = { ...odd, [name]: true };
        expect(judgePermissions(reply).verdict).toBe("fail");
        expect(judgeWithdrawals({ ...odd, enableWithdrawals: true }).verdict).toBe("fail");
      }),
    );
  });
});

test("trading must be permitted, and clearly so", () => {
  expect(judgeTradingPermission(soundReply).verdict).toBe("pass");
  expect(judgeTradingPermission({ ...soundReply, enableSpotAndMarginTrading: false }).verdict).toBe("fail");
  expect(judgeTradingPermission({ ...soundReply, enableSpotAndMarginTrading: 1 }).verdict).toBe("unknown");
});
