import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Failure } from "../../binance/failure.ts";
import type { Restrictions } from "../../binance/replies.ts";
import { checklist } from "../../checklist/checklist.ts";
import { overall } from "../../checklist/finding.ts";
import { gateFindings } from "../../checklist/gate.ts";
import { failureOf, guardFailure, guardFindings, quotaFailureOf } from "../../checklist/guard.ts";
import { asNew, type Judging } from "../../checklist/key-rules.ts";
import { failed, refused, soundReply } from "../binance/support.ts";
import { futuresReply, ipAddress, soundEvidence, soundServer, spotRules } from "./support.ts";

const asLive: Judging = { ...spotRules, acceptedBefore: [] };

function judge(reply: Restrictions, judging: Judging = asNew(spotRules)) {
  return guardFindings(soundServer({ restrictions: { ok: true, value: reply } }), {
    ipAddress,
    judging,
    ordersWereAccepted: false,
  });
}

function guardVerdict(reply: Restrictions, judging?: Judging) {
  return overall(judge(reply, judging).key.map(({ verdict }) => verdict));
}

/** Replies that are nearly sound, or not at all. */
const anyReply = fc
  .tuple(
    fc.constantFrom<Restrictions[]>(soundReply, {}),
    fc.dictionary(
      fc.oneof(
        fc.constantFrom(...Object.keys(soundReply)),
        fc.string().map((end) => `enable${end}`),
      ),
      fc.oneof(fc.boolean(), fc.constantFrom(null, "true", "false", 0, 1)),
      { maxKeys: 3 },
    ),
  )
  .map(([base, changes]): Restrictions => ({ ...base, ...changes }));

test("a sound key passes", () => {
  expect(guardVerdict(soundReply)).toBe("pass");
});

describe("what stops no bot is a notice:", () => {
  test.each<[string, Restrictions, string]>([
    ["a key that may no longer trade", { ...soundReply, enableSpotAndMarginTrading: false }, "spot-trading"],
    ["a permission that is new at Binance", { ...soundReply, enableSomethingNew: true }, "new-permissions"],
    [
      "a field that is no longer reported",
      { ...soundReply, enableFixApiTrade: undefined },
      "new-permissions",
    ],
  ])("%s", (_, reply, id) => {
    expect(guardVerdict(reply, asLive)).toBe("pass");
    expect(judge(reply, asLive).notices.map((finding) => finding.id)).toEqual([id]);
  });

  const disabled = failed(refused(400, -2010, { message: "This action is disabled on this account." }));
  const forbidden = failed(
    refused(400, -2010, { message: "This symbol is not permitted for this account." }),
  );
  const closed = { ok: true as const, value: { canTrade: false, balances: [] } };

  function noticesOf(changes: Parameters<typeof soundServer>[0], ordersWereAccepted = true) {
    const found = guardFindings(soundServer(changes), { ipAddress, judging: asLive, ordersWereAccepted });
    expect(overall(found.key.map(({ verdict }) => verdict))).toBe("pass");
    return { notices: found.notices.map(({ id }) => id), unseen: found.unseen };
  }

  test("an account that may not trade, or is refused orders", () => {
    expect(noticesOf({ account: closed, orderTest: disabled })).toEqual({ notices: ["account"], unseen: [] });
    expect(noticesOf({ orderTest: disabled })).toEqual({ notices: ["orders"], unseen: [] });
    expect(noticesOf({ orderTest: disabled, sellTest: { ok: true, value: {} } }).notices).toEqual(["orders"]);
  });

  test("refused orders have the causes that `npm run verify` gives", () => {
    const orderOf = (status: number, code: number, message = "", judging = asLive) =>
      guardFindings(soundServer({ orderTest: failed(refused(status, code, { message })) }), {
        ipAddress,
        judging,
        ordersWereAccepted: true,
      }).notices.find(({ id }) => id === "orders");
    expect(orderOf(400, -1121)?.causes).toEqual(["Binance has no such pair."]);
    expect(orderOf(400, -1013, "Filter failure: NOTIONAL")?.causes).toEqual([
      expect.stringContaining("The test order's amount"),
    ]);
    expect(orderOf(400, -2010, "Account has insufficient balance for requested action.")?.causes).toEqual([
      expect.stringContaining("too little of the pair's second currency"),
    ]);
    expect(orderOf(401, -2015)).toMatchObject({
      causes: [
        expect.stringContaining("Enable Spot & Margin Trading"),
        expect.stringContaining("list of the symbols"),
      ],
      remedy: expect.stringMatching(
        /^See in the bot's log .* Binance has just accepted the key from 203\.0\.113\.10/,
      ),
    });
    expect(orderOf(400, -1121)?.remedy).toContain("Then run `pulumi up`.");
    expect(orderOf(400, -1121)?.remedy).not.toContain("unknown");
  });

  test("a symbol that is refused, but only if it was accepted before", () => {
    expect(noticesOf({ orderTest: forbidden })).toEqual({ notices: ["orders"], unseen: [] });
    expect(noticesOf({ orderTest: forbidden }, false)).toEqual({ notices: [], unseen: ["orders"] });
  });

  test.each<[string, Failure]>([
    ["a ban", refused(418, -1003)],
    ["maintenance", refused(503)],
    ["no connection", { kind: "unreachable", reason: "timeout", detail: "no answer" }],
    ["no time", { kind: "skipped" }],
  ])("nothing is concluded from %s, and what was reported before still applies", (_, failure) => {
    expect(noticesOf({ account: failed(failure), orderTest: failed(failure) })).toEqual({
      notices: [],
      unseen: ["account", "orders"],
    });
  });

  test("a read of the account shows whether there were too many requests, and nothing else asks for a pause", () => {
    const quotaOf = (failure: Failure) => quotaFailureOf(soundServer({ orderTest: failed(failure) }));
    expect(quotaFailureOf(soundServer())).toBeUndefined();
    expect(quotaOf(refused(429, -1003))).toEqual(refused(429, -1003));
    expect(quotaOf(refused(418))).toEqual(refused(418));
    expect([quotaOf(refused(403)), quotaOf(refused(503))]).toEqual([undefined, undefined]);
  });

  test("a sound key has none", () => {
    expect(judge(soundReply, asLive).notices).toEqual([]);
  });
});

describe("one mistake is one finding:", () => {
  const failing = (reply: Restrictions) => {
    const gate = gateFindings(
      soundServer({ restrictions: { ok: true, value: reply } }),
      ipAddress,
      spotRules,
    );
    const { key, notices } = judge(reply);
    return [gate, [...key, ...notices]].map((findings) =>
      findings.filter(({ verdict }) => verdict === "fail").map(({ id }) => id),
    );
  };

  test("a key that may withdraw", () => {
    expect(failing({ ...soundReply, enableWithdrawals: true })).toEqual([["withdrawals"], ["withdrawals"]]);
  });

  test("a key for futures that is declared for spot trading", () => {
    expect(failing(futuresReply)).toEqual([["permissions"], ["permissions"]]);
  });
});

describe("the guard judges a key as the others do:", () => {
  const shared = ["withdrawals", "whitelist", "permissions"];

  test("`pulumi up` and the guard report the same, word for word", () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const restrictions = { ok: true, value: reply } as const;
        const gate = gateFindings(soundServer({ restrictions }), ipAddress, spotRules);
        const guard = judge(reply).key;
        // That it may withdraw is one finding, with one remedy.
        const expected = guard.length === 2 ? shared.slice(0, 2) : shared;
        expect(guard.map(({ id }) => id)).toEqual(expected);
        expect(guard).toEqual(gate.filter(({ id }) => shared.includes(id)));
      }),
    );
  });

  test("`npm run verify` and the guard reach the same verdicts", () => {
    fc.assert(
      fc.property(anyReply, (reply) => {
        const restrictions = { ok: true, value: reply } as const;
        const verified = checklist(soundEvidence({ server: soundServer({ restrictions }) }));
        const verdicts = (findings: typeof verified) =>
          Object.fromEntries(
            findings.filter(({ id }) => shared.includes(id)).map(({ id, verdict }) => [id, verdict]),
          );
        const guard = judge(reply).key;
        expect({ ...verdicts(verified), ...verdicts(guard) }).toEqual(verdicts(verified));
        expect(overall(guard.map(({ verdict }) => verdict))).toBe(
          overall(verified.filter(({ id }) => shared.includes(id)).map(({ verdict }) => verdict)),
        );
      }),
    );
  });
});

describe("no failure stops a bot, and each comes with what to do at the server", () => {
  const failures: [string, Failure][] = [
    ["a refused key", refused(401, -2015)],
    ["a deleted key", refused(400, -2008)],
    ["a wrong secret", refused(400, -1022)],
    ["a limit", refused(429, -1003)],
    ["a ban", refused(418, -1003, { waitSeconds: 60 })],
    ["a firewall", refused(403)],
    ["a country", refused(451, 0)],
    ["garbage", { kind: "unreadable", problem: "isn't JSON" }],
    ["no connection", { kind: "unreachable", reason: "connect", detail: "no connection (ECONNREFUSED)" }],
    ["broken DNS", { kind: "unreachable", reason: "dns", detail: "the name can't be resolved" }],
    ["a wrong certificate", { kind: "unreachable", reason: "certificate", detail: "isn't trusted" }],
  ];

  test.each(failures)("%s", (_, failure) => {
    for (const observed of [soundServer({ restrictions: failed(failure) }), guardFailure(failure)]) {
      expect(failureOf(observed)).toBe(failure);
      const [finding, ...others] = guardFindings(observed, {
        ipAddress,
        judging: asLive,
        ordersWereAccepted: false,
      }).key;
      expect(others).toEqual([]);
      expect(finding).toMatchObject({
        id: "connection",
        point: undefined,
        title: "Binance reports what the key may do",
        verdict: "unknown",
        known: undefined,
        detail: expect.stringMatching(/^The request from the server failed: .*[^.]\.$/),
        remedy: expect.stringMatching(/\w/),
      });
      expect(JSON.stringify(finding)).not.toMatch(/this computer|run this again|ssh ended/i);
    }
  });

  test("if Binance answered, there is no failure", () => {
    expect(failureOf(soundServer())).toBeUndefined();
  });

  test("if the clock could not be read, the key was not used", () => {
    expect(guardFailure(refused(503))).toEqual({
      clock: failed(refused(503)),
      restrictions: failed({ kind: "skipped" }),
      account: failed({ kind: "skipped" }),
      orderTest: failed({ kind: "skipped" }),
    });
  });
});
