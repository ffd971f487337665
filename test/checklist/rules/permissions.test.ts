import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Judging } from "../../../checklist/key-rules.ts";
import { judgeNews, judgePermissions } from "../../../checklist/rules/permissions.ts";
import { soundReply } from "../../binance/support.ts";
import { futuresReply } from "../support.ts";

const spot: Judging = { permissions: "spot", acceptedPermissions: [], acceptedBefore: undefined };
const futures: Judging = { ...spot, permissions: "futures" };
/** A spot key that was live before. */
const live: Judging = { ...spot, acceptedBefore: [] };

/** The permissions that a spot key may have. */
const allowed = ["enableReading", "enableSpotAndMarginTrading", "enableFixReadOnly"];

const excess = Object.keys(soundReply).filter(
  (name) => /^(enable|permits)/.test(name) && !allowed.includes(name),
);

/** Documented permissions with which no money can leave the account. */
const withoutTransfers = excess.filter((name) => !/Withdraw|Transfer/.test(name));

/** Any reply: any fields of any type, real names among them. */
const anyReply = fc.dictionary(
  fc.oneof(
    fc.constantFrom(...Object.keys(soundReply)),
    fc.string(),
    fc.string().map((end) => `enable${end}`),
  ),
  fc.oneof(fc.boolean(), fc.jsonValue()),
);

function without(name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(soundReply).filter(([field]) => field !== name));
}

test("reading and spot trading are enough", () => {
  expect(judgePermissions(soundReply, spot)).toMatchSnapshot();
  expect(judgePermissions({ ...soundReply, tradingAuthorityExpirationTime: null }, spot).verdict).toBe(
    "pass",
  );
  // Other fields, which aren't on.
  expect(
    judgePermissions({ ...soundReply, isEnabled: false, status: "NORMAL", level: 3 }, spot).verdict,
  ).toBe("pass");
});

describe("each other permission is one too many", () => {
  test.each(excess)("%s, by its name in API Management", (name) => {
    expect(judgePermissions({ ...soundReply, [name]: true }, spot)).toMatchSnapshot();
    expect(judgePermissions({ ...soundReply, [name]: true }, live).verdict).toBe("fail");
  });

  test.each([
    ["enableCopyTrading", "enableCopyTrading"],
    ["permitsSomethingNew", "permitsSomethingNew"],
    ["ENABLEWITHDRAWALS", "ENABLEWITHDRAWALS"],
    [" enableWithdrawals", "enableWithdrawals"],
    ["enableReading ", "enableReading"],
    ["canWithdraw", "canWithdraw"],
    ["allowWithdrawals", "allowWithdrawals"],
    ["withdrawalsEnabled", "withdrawalsEnabled"],
    ["isFiatWithdrawOn", "isFiatWithdrawOn"],
    ["hasUniversalTransfer", "hasUniversalTransfer"],
    ["constructor", "constructor"],
    ["createTime", "createTime"],
  ])("%s, even though it isn't documented", (name, shown) => {
    const judged = judgePermissions({ ...soundReply, [name]: true }, spot);
    expect(judged).toMatchObject({ verdict: "fail", known: { by: "proven" } });
    expect(judged.detail).toBe(`The key may do more than it needs: ${shown}.`);
  });

  test("all of them are listed", () => {
    const { detail } = judgePermissions({ ...soundReply, enableFutures: true, enableNew: true }, spot);
    expect(detail).toBe('The key may do more than it needs: "Enable Futures" (enableFutures); enableNew.');
  });

  test("a name that is longer than any permission's isn't shown, and can't be accepted", () => {
    const name = `enable${"x".repeat(95)}`;
    expect(JSON.stringify(judgePermissions({ ...soundReply, [name]: true }, spot))).not.toContain("xxx");
  });

  test("if it may withdraw, another key is the only remedy", () => {
    const reply = { ...soundReply, enableWithdrawals: true, enableFutures: true };
    expect(judgePermissions(reply, spot)).toMatchSnapshot();
  });

  test("a long name can be accepted, and one that speaks of moving money has no command to paste", () => {
    const remedyOf = (name: string) => judgePermissions({ ...soundReply, [name]: true }, spot).remedy;
    const long = `enable${"VeryLong".repeat(11)}Name`;
    expect(remedyOf(long)).toContain(`pulumi config set acceptedPermissions ${long}`);
    expect(remedyOf("enableSubAccountWithdrawNew")).not.toContain("pulumi config set acceptedPermissions");
    expect(remedyOf("enableSubAccountWithdrawNew")).toContain("moving money");
  });

  test.each(["enable foo", "enablé", `enable${"x".repeat(95)}`])(
    "%s can't be accepted, which isn't put down to its name speaking of money",
    (name) => {
      const { remedy } = judgePermissions({ ...soundReply, [name]: true }, spot);
      expect(remedy).toContain("no setting can accept it");
      expect(remedy).not.toContain("moving money");
    },
  );

  test("a name with an underscore can be accepted; no command has what a setting refuses", () => {
    const judging = { ...spot, acceptedPermissions: ["enableWithdrawals", "foo bar"] };
    expect(judgePermissions({ ...soundReply, enable_foo_read: true }, judging).remedy).toContain(
      "`pulumi config set acceptedPermissions enable_foo_read`",
    );
  });

  test("a name that a shell would execute is in no command", () => {
    const judged = judgePermissions({ ...soundReply, "enable$(reboot)": true }, spot);
    expect(judged.remedy).not.toContain("reboot");
  });
});

describe("a futures key", () => {
  test("has reading and futures, and nothing else", () => {
    expect(judgePermissions(futuresReply, futures)).toMatchSnapshot();
    expect(judgePermissions(soundReply, futures)).toMatchSnapshot();
    expect(judgePermissions({ ...futuresReply, enableSpotAndMarginTrading: true }, futures).verdict).toBe(
      "fail",
    );
    expect(judgePermissions(futuresReply, spot)).toMatchSnapshot();
  });

  test("that may do more than that differs from a wrong declaration", () => {
    expect(judgePermissions({ ...futuresReply, enableMargin: true }, spot)).toMatchSnapshot();
    expect(judgePermissions({ ...soundReply, enableFutures: true }, spot).detail).not.toContain(
      "This is a key",
    );
  });

  test("is one only if it is declared: what one declaration accepts, the other never does", () => {
    fc.assert(
      fc.property(fc.constantFrom(soundReply, futuresReply), anyReply, (base, odd) => {
        const { enableFutures, enableSpotAndMarginTrading } = base;
        const reply = { ...base, ...odd, enableFutures, enableSpotAndMarginTrading };
        const verdicts = [spot, futures].map((judging) => judgePermissions(reply, judging).verdict);
        expect(verdicts.filter((verdict) => verdict === "pass").length).toBeLessThan(2);
      }),
    );
  });
});

describe("an unclear reply is unknown", () => {
  test.each(excess)("without %s", (name) => {
    expect(judgePermissions(without(name), spot)).toMatchObject({
      verdict: "unknown",
      detail: `The reply is unclear about ${name}.`,
    });
  });

  test("with an undocumented permission that is neither on nor off", () => {
    expect(judgePermissions({ ...soundReply, enableNew: "yes", permitX: null }, spot)).toMatchObject({
      verdict: "unknown",
      detail: "The reply is unclear about enableNew, permitX.",
    });
  });

  test.each<[string, unknown]>([
    ["canWithdraw", 1],
    ["canWithdraw", "1"],
    ["canWithdraw", " TRUE "],
    ["moveFunds", "on"],
    ["somethingNew", "true"],
    ["somethingNew", "Enabled"],
  ])("with %s, whose value %j could mean that it is on", (name, value) => {
    expect(judgePermissions({ ...soundReply, [name]: value }, spot)).toMatchObject({
      verdict: "unknown",
      detail: `The reply is unclear about ${name}.`,
    });
  });

  test.each<[string, unknown]>([
    ["withdrawFee", 0],
    ["withdrawLimit", "100.00"],
    ["lastTransferTime", 1_700_000_000_000],
    ["version", 1],
    ["tradingAuthorityExpirationTime", 1_700_000_000_000],
    ["canWithdraw", "false"],
    ["canWithdraw", null],
  ])("but not with %s, whose value %j is a number or off", (name, value) => {
    expect(judgePermissions({ ...soundReply, [name]: value }, spot).verdict).toBe("pass");
  });

  test.each([{ spot: { canWithdraw: true } }, [], ["WITHDRAW"]])(
    "with a list or an object under an unknown name",
    (value) => {
      expect(judgePermissions({ ...soundReply, rights: value }, spot)).toMatchObject({
        verdict: "unknown",
        detail: "The reply is unclear about rights.",
      });
      expect(judgePermissions({ ...soundReply, rights: value }, live).verdict).toBe("pass");
      expect(judgeNews({ ...soundReply, rights: value }, live).verdict).toBe("unknown");
    },
  );
});

describe("an accepted permission", () => {
  const accepting = (...acceptedPermissions: string[]): Judging => ({ ...spot, acceptedPermissions });

  test("passes, and the message before that names the command", () => {
    const reply = { ...soundReply, enableSomethingNew: true };
    expect(judgePermissions(reply, accepting("enableOther")).remedy).toContain(
      "pulumi config set acceptedPermissions enableOther,enableSomethingNew",
    );
    expect(judgePermissions(reply, accepting("enableSomethingNew"))).toMatchObject({
      verdict: "pass",
      detail: expect.stringContaining("You have accepted: enableSomethingNew."),
    });
    expect(judgePermissions({ ...soundReply, enableNew: "?" }, accepting("enableNew")).verdict).toBe("pass");
  });

  test.each(withoutTransfers)("%s may be missing, but not on", (name) => {
    expect(judgePermissions(without(name), spot).remedy).toContain(`acceptedPermissions ${name}`);
    expect(judgePermissions(without(name), accepting(name)).verdict).toBe("pass");
    expect(judgePermissions({ ...soundReply, [name]: true }, accepting(name)).verdict).toBe("fail");
  });

  test("is never the one to withdraw", () => {
    const missing = judgePermissions(without("enableWithdrawals"), accepting("enableWithdrawals"));
    expect(missing).toMatchObject({ verdict: "unknown", remedy: expect.not.stringContaining("config set") });
  });

  test("changes nothing about the others", () => {
    fc.assert(
      fc.property(anyReply, fc.array(fc.string()), (odd, names) => {
        const reply = { ...odd, enableFutures: true };
        expect(judgePermissions(reply, accepting(...names, "enableFutures")).verdict).toBe("fail");
      }),
    );
  });
});

describe("a key that was live before", () => {
  test("isn't stopped for a permission that is new at Binance, but it is reported", () => {
    const reply = { ...soundReply, enableSomethingNew: true };
    expect(judgePermissions(reply, live).verdict).toBe("pass");
    expect(judgeNews(reply, live)).toMatchSnapshot();
    expect(judgeNews(soundReply, live).verdict).toBe("pass");
  });

  test.each(withoutTransfers)("isn't stopped if Binance no longer reports %s, but it is reported", (name) => {
    expect(judgePermissions(without(name), live).verdict).toBe("pass");
    expect(judgeNews(without(name), live)).toMatchObject({
      verdict: "unknown",
      detail: expect.stringContaining("Binance no longer reports"),
    });
  });

  test.each(withoutTransfers)("isn't stopped if Binance no longer says whether %s is on", (name) => {
    expect(judgePermissions({ ...soundReply, [name]: null }, live).verdict).toBe("pass");
    expect(judgeNews({ ...soundReply, [name]: null }, live).detail).toMatch(
      /^Binance no longer says whether this is on: /,
    );
  });

  test.each(["enableWithdrawals", "enableInternalTransfer", "permitsUniversalTransfer"])(
    "is unknown without %s",
    (name) => {
      expect(judgePermissions(without(name), live).verdict).toBe("unknown");
    },
  );

  test.each([
    "enableWithdrawalsV2",
    "permitsUNIVERSALsomething",
    "enableSubAccountTransfer",
    "enable_pay-out",
    "enableSendCrypto",
    "enableFiatPay",
    "enableConvertCashOut",
    "enableGiftCard",
    "canWithdraw",
    "withdrawalsEnabled",
    "hasUniversalTransfer",
  ])("is stopped for %s, whose name speaks of moving money", (name) => {
    expect(judgePermissions({ ...soundReply, [name]: true }, live).verdict).toBe("fail");
  });

  test("is stopped for what its owner has accepted, and no longer accepts", () => {
    const reply = { ...soundReply, enableSomethingNew: true };
    const judging: Judging = { ...spot, acceptedBefore: ["enableSomethingNew"] };
    expect(judgePermissions(reply, judging).verdict).toBe("fail");
    expect(judgeNews(reply, judging).verdict).toBe("pass");
  });

  test("is never judged more strictly than a new one, and what is let pass is reported", () => {
    const strictness = { pass: 0, unknown: 1, fail: 2 };
    fc.assert(
      fc.property(anyReply, fc.boolean(), (odd, onSound) => {
        const reply: Record<string, unknown> = onSound ? { ...soundReply, ...odd } : odd;
        const [asNew, asLive] = [judgePermissions(reply, spot), judgePermissions(reply, live)];
        expect(strictness[asLive.verdict]).toBeLessThanOrEqual(strictness[asNew.verdict]);
        if (asLive.verdict === "pass" && asNew.verdict !== "pass") {
          expect(judgeNews(reply, live).verdict).toBe("unknown");
        }
      }),
      { numRuns: 500 },
    );
  });
});

test("a reply passes exactly if all excess permissions are off, undocumented ones included", () => {
  let passed = 0;
  fc.assert(
    fc.property(anyReply, fc.boolean(), (odd, onSound) => {
      const reply: Record<string, unknown> = onSound ? { ...soundReply, ...odd } : odd;
      const others = Object.keys(reply).filter(
        (name) =>
          (/^(enable|permit)/.test(name) || (reply[name] === true && name !== "ipRestrict")) &&
          !allowed.includes(name),
      );
      const allOff = [...excess, ...others].every(
        (name) => Object.hasOwn(reply, name) && reply[name] === false,
      );
      const passes = judgePermissions(reply, spot).verdict === "pass";
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
      expect(judgePermissions({ ...odd, [name]: true }, spot).verdict).toBe("fail");
    }),
  );
});
