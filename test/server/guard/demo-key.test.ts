import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fingerprint } from "../../../binance/key-pair.ts";
import { refusedAddress } from "../../support/binance-stand-in.ts";
import { keyPair } from "../../support/fixtures.ts";
import { GuardWithStandIns, restrictionsPath } from "./guard-with-stand-ins.ts";

// The guard's check for a bot in paper mode. In these tests, keyPair is the demo key pair, and the live one is another.

const unknownKey = { status: 400, body: { code: -2008, msg: "Invalid Api-Key ID." } };
const live = { apiKey: "the-live-key", apiSecret: "the-live-secret" };
let guard: GuardWithStandIns;

beforeAll(async () => {
  guard = await GuardWithStandIns.start();
});

beforeEach(() => {
  guard.reset();
  guard.server.setKeyPair(live);
  guard.server.setKeyPair(keyPair, "trading-bot-demo-key");
  guard.server.setBot({ mode: "paper", demoKey: true });
  guard.answerWith(unknownKey);
});

afterAll(() => {
  guard.stop();
});

describe("a check of a demo key pair", () => {
  test("is that of `pulumi up`, and reads nothing else with any pair", async () => {
    const { code, output } = await guard.run("check");
    expect([code, output.trimEnd().split("\n")]).toEqual([
      0,
      ["<6>The key isn't for real money: pass. api.binance.com refuses this key."],
    ]);
    expect(guard.binance.paths).toEqual(["GET /api/v3/time", `GET ${restrictionsPath}`]);
    expect(guard.demo.paths).toEqual(["GET /api/v3/account"]);
    const keys = [...guard.binance.asked, ...guard.demo.asked].map(({ headers }) => headers["x-mbx-apikey"]);
    expect(keys.filter((key) => key !== undefined)).toEqual([keyPair.apiKey, keyPair.apiKey]);
    expect(guard.server.read("runtime/checked")).toBe(fingerprint(keyPair));
    expect(guard.server.remembered).not.toContain('"permissions"');
  });

  test("also with verification off, which is about the live key pair", async () => {
    const key = {
      pair: fingerprint(live),
      permissions: "spot",
      acceptedPermissions: [],
      verification: "off",
    };
    guard.server.configure({ key });
    expect((await guard.run("check")).code).toBe(0);
    expect(guard.demo.paths).toHaveLength(1);
    guard.server.configure();
  });

  test("fails if the pair is one for real money, and the message names the mode", async () => {
    guard.answer({});
    expect((await guard.checkAndSend()).code).toBe(3);
    expect(guard.webhook.taken[0]?.body).toMatch(
      /^trading-bot-prod \(203\.0\.113\.10, bot in paper mode\): the guard has stopped the bot .*\n- api\.binance\.com accepts this key\./,
    );
  });

  test("reports once that the demo account refuses the key, and lets the bot run", async () => {
    guard.demo.reset({ "/api/v3/account": refusedAddress });
    expect((await guard.checkAndSend()).code).toBe(0);
    expect((await guard.checkAndSend()).code).toBe(0);
    expect(guard.webhook.taken.map(({ body }) => body)).toEqual([
      expect.stringContaining("- demo-api.binance.com: "),
    ]);
    expect(guard.webhook.taken[0]?.body).toContain("Create a key at https://demo.binance.com");
  });

  test.each([
    [
      "the demo account",
      () => {
        guard.demo.reset({ "/api/v3/account": { status: 503, body: "" } });
      },
    ],
    [
      "the exchange",
      () => {
        guard.answerWith({ status: 503, body: "" });
      },
    ],
  ])("is unknown while %s is unavailable", async (_, fail) => {
    fail();
    expect((await guard.checkAndSend()).code).toBe(4);
    expect(guard.webhook.taken).toEqual([]);
  });
});

test("of a bot with a dry run, the live pair is checked, and messages name the mode as well", async () => {
  guard.server.setKeyPair(keyPair);
  guard.server.setBot({ mode: "paper", demoKey: false });
  guard.answer({ enableWithdrawals: true });
  expect((await guard.checkAndSend()).code).toBe(3);
  expect(guard.demo.paths).toEqual([]);
  expect(guard.webhook.taken[0]?.body).toContain("(203.0.113.10, bot in paper mode)");
});
