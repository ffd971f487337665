import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { fingerprint } from "../../../binance/key-pair.ts";
import { type Answer, refusedAddress, soundRestrictions } from "../../support/binance-stand-in.ts";
import { keyPair } from "../../support/fixtures.ts";
import { GuardWithStandIns, restrictionsPath } from "./guard-with-stand-ins.ts";

const timePath = "/api/v3/time";

let guard: GuardWithStandIns;

beforeAll(async () => {
  guard = await GuardWithStandIns.start();
});

beforeEach(() => {
  guard.reset();
});

afterAll(() => {
  guard.stop();
});

describe("a check", () => {
  test("passes a sound key, with one line a finding and four requests", async () => {
    const { code, output } = await guard.run("check");
    expect(code).toBe(0);
    expect(output.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^<6>Withdrawals are off: pass\. /),
      expect.stringMatching(/^<6>The whitelist is active: pass\. /),
      expect.stringMatching(/^<6>No permission beyond the needed ones: pass\. /),
    ]);
    expect(guard.binance.paths).toEqual([
      `GET ${timePath}`,
      `GET ${restrictionsPath}`,
      "GET /api/v3/account",
      "POST /api/v3/order/test",
    ]);
    expect(guard.binance.connections).toBe(1);
    expect(guard.webhook.taken).toEqual([]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    [
      "may withdraw",
      { enableWithdrawals: true },
      "<3>Withdrawals are off: fail. A person with this key can withdraw",
    ],
    ["works from everywhere", { ipRestrict: false }, "<3>The whitelist is active: fail."],
    ["may trade futures", { enableFutures: true }, '"Enable Futures" (enableFutures)'],
    ["may do something new", { enableSomethingNew: true }, "enableSomethingNew"],
  ])(
    "fails a key that %s, and reports it to the journal and then the webhook",
    async (_, changes, expected) => {
      guard.answer(changes);
      const { code, output } = await guard.run("check");
      expect(code).toBe(3);
      expect(output).toContain(expected);
      // The bot must be stopped first.
      expect(guard.webhook.taken).toEqual([]);
      expect(await guard.run("send")).toEqual({ code: 0, output: "" });
      expect(guard.webhook.taken).toHaveLength(1);
      expect(guard.webhook.taken[0]?.body).toMatch(
        /^trading-bot-prod \(203\.0\.113\.10\): the guard has stopped the bot because of its Binance key\.\n/,
      );
    },
  );

  test.each<[string, Answer, string, number]>([
    ["refuses the key", refusedAddress, "add 203.0.113.10", 2],
    ["doesn't know the key", { status: 400, body: { code: -2008, msg: "" } }, "Then run `pulumi up`.", 2],
    ["refuses the signature", { status: 400, body: { code: -1022, msg: "" } }, "Then run `pulumi up`.", 2],
    ["refuses by its firewall", { status: 403, body: "<html>" }, "The guard checks again by itself.", 5],
    ["doesn't serve the country", { status: 451, body: { code: 0, msg: "" } }, "EU location", 2],
    ["is under maintenance", { status: 503, body: "" }, "The guard checks again by itself.", 4],
    ["sends HTML", { body: "<html>" }, "The guard checks again by itself.", 2],
    ["sends a list", { body: [] }, "The guard checks again by itself.", 2],
    [
      "reports nothing about withdrawals",
      { body: { ipRestrict: true } },
      "is unclear about enableWithdrawals",
      2,
    ],
    ["cuts the connection", { instead: "cut" }, "The guard checks again by itself.", 4],
  ])("is unknown if Binance %s, and says what to do", async (_, restrictions, expected, exitCode) => {
    guard.answerWith(restrictions);
    const { code, output } = await guard.run("check");
    expect(code).toBe(exitCode);
    expect(output).toMatch(/^<4>/);
    expect(output).toContain(expected);
    expect(output).not.toMatch(/<3>|run this again|\bssh has/i);
  });

  test("is unknown if Binance can't be reached", async () => {
    guard.server.ports["api.binance.com"] = 9;
    const { code, output } = await guard.run("check");
    expect(code).toBe(4);
    expect(output).toContain("no connection (ECONNREFUSED)");
    expect(guard.webhook.taken).toEqual([]);
  });

  test("sends the key to Binance only", async () => {
    guard.server.ports["api.binance.com"] = guard.impostor.port;
    const { code, output } = await guard.run("check");
    expect(code).toBe(4);
    expect(output).toContain("The key was not sent.");
    expect(guard.impostor.asked).toEqual([]);
  });
});

describe("after Binance has asked for a pause", () => {
  test.each<[string, Answer, boolean]>([
    [
      "418 with a time",
      { status: 418, body: { code: -1003, msg: "" }, headers: { "retry-after": "3600" } },
      true,
    ],
    ["429 without one", { status: 429, body: { code: -1003, msg: "" } }, true],
    ["403 by Binance's firewall", { status: 403, body: "<html>" }, true],
    ["a refused key", refusedAddress, false],
  ])("%s, the next check sends nothing: %j", async (_, restrictions, silent) => {
    guard.answerWith(restrictions);
    expect((await guard.run("check")).code).toBe(silent ? 5 : 2);
    guard.binance.reset();
    const { code, output } = await guard.run("check");
    expect(guard.binance.asked.length).toBe(silent ? 0 : 4);
    expect(code).toBe(silent ? 5 : 0);
    if (silent) {
      expect(output).toMatch(/^<4>No check until 20\d\d-.* UTC: Binance asked for a pause\.\n$/);
    }
  });

  test("it sends requests again when the time is over, and forgets the pause", async () => {
    guard.server.write("state/memory.json", JSON.stringify({ silentUntil: Date.now() - 1 }));
    expect((await guard.run("check")).code).toBe(0);
    expect(guard.server.remembered).not.toContain("silentUntil");
  });

  test("a time that only a wrong clock can have stored, or a broken state, prevents nothing", async () => {
    guard.server.write("state/memory.json", JSON.stringify({ silentUntil: Date.now() + 1e12 }));
    expect((await guard.run("check")).code).toBe(0);
    guard.server.write("state/memory.json", '{"silentUntil":"');
    expect((await guard.run("check")).code).toBe(0);
  });
});

describe("the pair that a check was about", () => {
  test.each<[string, Answer, number]>([
    ["passes", { body: soundRestrictions }, 0],
    ["fails", { body: { ...soundRestrictions, enableWithdrawals: true } }, 3],
    ["is unknown", { status: 503, body: "" }, 4],
    ["asks for a pause", { status: 429, body: { code: -1003, msg: "" } }, 5],
  ])("is named by its fingerprint if the check %s", async (_, restrictions, code) => {
    guard.answerWith(restrictions);
    expect((await guard.run("check")).code).toBe(code);
    expect(guard.server.read("runtime/checked")).toBe(fingerprint(keyPair));
  });

  test("is named also if nothing is sent because of a pause", async () => {
    guard.server.write("state/memory.json", JSON.stringify({ silentUntil: Date.now() + 60_000 }));
    expect((await guard.run("check")).code).toBe(5);
    expect(guard.server.read("runtime/checked")).toBe(fingerprint(keyPair));
  });

  test("is forgotten when the next check begins", async () => {
    await guard.run("check");
    // This one can't end well: it can't sign.
    guard.server.setKeyPair({ ...keyPair, apiSecret: "-----BEGIN PRIVATE KEY-----\nbad" });
    expect((await guard.run("check")).code).toBe(2);
    expect(() => guard.server.read("runtime/checked")).toThrow("ENOENT");
  });
});

describe("the memory", () => {
  const memory = () =>
    z
      .looseObject({ verdictAt: z.number().optional() })
      .parse(JSON.parse(guard.server.read("state/memory.json")));

  test("has when the guard last knew what the key may do, and why it doesn't know", async () => {
    const before = Date.now();
    await guard.run("check");
    const first = memory();
    const ordersAccepted = fingerprint(keyPair);
    expect(first).toEqual({
      verdictAt: expect.any(Number),
      ordersAccepted,
      lastCheck: { at: expect.any(Number) },
    });
    guard.answerWith({ status: 503, body: "" });
    await guard.run("check");
    expect(memory()).toEqual({
      verdictAt: first.verdictAt,
      ordersAccepted,
      lastCheck: { at: expect.any(Number), reason: "HTTP 503." },
    });
    expect(first.verdictAt).toBeGreaterThanOrEqual(before);
    guard.answer({ enableWithdrawals: true });
    await guard.run("check");
    expect(memory()).toEqual({
      verdictAt: expect.any(Number),
      ordersAccepted,
      lastCheck: { at: expect.any(Number) },
    });
  });

  test("keeps the reason of a check that asks for a pause", async () => {
    guard.answerWith({ status: 418, body: { code: -1003, msg: "" }, headers: { "retry-after": "3600" } });
    await guard.run("check");
    await guard.run("check");
    expect(memory()).toMatchObject({
      silentUntil: expect.any(Number),
      lastCheck: { reason: expect.stringMatching(/^HTTP 418, code -1003/) },
    });
  });
});
