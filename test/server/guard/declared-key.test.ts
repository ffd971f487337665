import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { fingerprint } from "../../../binance/key-pair.ts";
import { type Answer, type Answers, refusedAddress } from "../../support/binance-stand-in.ts";
import { keyPair } from "../../support/fixtures.ts";
import { GuardWithStandIns } from "./guard-with-stand-ins.ts";

// What a check does by the settings, and what it reports without stopping a bot.

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

describe("the account", () => {
  const accountPath = "/api/v3/account";
  const orderPath = "/api/v3/order/test";
  const bodies = (): string[] => guard.webhook.taken.map(({ body }) => body);
  const disabled: Answer = {
    status: 400,
    body: { code: -2010, msg: "This action is disabled on this account." },
  };
  const forbidden: Answer = {
    status: 400,
    body: { code: -2010, msg: "This symbol is not permitted for this account." },
  };

  test.each<[string, Answers, string]>([
    ["may not trade", { [accountPath]: { body: { canTrade: false, balances: [] } } }, "canTrade is false"],
    ["is refused every order", { [orderPath]: disabled }, "residents of the EU"],
    ["is refused the usual symbols", { [orderPath]: forbidden }, "that it accepted before"],
  ])("that %s is reported once, and once when it is over; it stops nothing", async (_, answers, expected) => {
    await guard.checkAndSend();
    guard.binance.reset(answers);
    expect((await guard.checkAndSend()).code).toBe(0);
    expect((await guard.checkAndSend()).code).toBe(0);
    expect(bodies()).toEqual([expect.stringContaining(expected)]);
    guard.binance.reset({ [accountPath]: { status: 503, body: "" }, [orderPath]: { status: 503, body: "" } });
    await guard.checkAndSend();
    guard.binance.reset();
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(bodies()).toEqual([expect.anything(), expect.stringContaining("this is no longer so")]);
  });

  test("isn't reported for a key that may only trade other symbols", async () => {
    guard.binance.reset({ [orderPath]: forbidden });
    expect((await guard.checkAndSend()).code).toBe(0);
    expect(bodies()).toEqual([]);
  });

  test("that asks for a pause gets one, and the verdict on the key stays", async () => {
    guard.binance.reset({ [accountPath]: { status: 429, body: { code: -1003, msg: "" } } });
    expect((await guard.run("check")).code).toBe(0);
    expect(guard.binance.paths).not.toContain(`POST ${orderPath}`);
    expect((await guard.run("check")).code).toBe(5);
  });
});

describe("what the pair is held to", () => {
  const pair = fingerprint(keyPair);
  const spotOnly = { pair, permissions: "spot", acceptedPermissions: [], verification: "enforce" };
  const declare = (key?: object) => {
    guard.server.write(
      "configuration/guard.json",
      JSON.stringify({ server: "trading-bot-prod", ipAddress: "203.0.113.10", key }),
    );
  };
  const futures = { enableSpotAndMarginTrading: false, enableFutures: true };
  const code = async () => (await guard.run("check")).code;

  afterEach(() => {
    declare();
  });

  test("is what the settings declare for it", async () => {
    guard.answer(futures);
    declare({ ...spotOnly, permissions: "futures" });
    expect(await code()).toBe(0);
    guard.server.forget();
    declare(spotOnly);
    expect(await code()).toBe(3);
  });

  test("stays what it has passed, while it doesn't pass with another declaration, which pulumi up refuses", async () => {
    declare(spotOnly);
    expect(await code()).toBe(0);
    declare({ ...spotOnly, permissions: "futures" });
    const { code: refused, output } = await guard.run("check");
    expect([refused, output]).toEqual([0, expect.stringContaining("It is held to what it passed before")]);
    guard.answer({ enableWithdrawals: true });
    expect(await code()).toBe(3);
    guard.answer(futures);
    expect(await code()).toBe(0);
    guard.answer({});
    expect(await code()).toBe(3);
  });

  test("decides which account is read: futures have their own host", async () => {
    guard.answer(futures);
    declare({ ...spotOnly, permissions: "futures" });
    expect((await guard.run("check")).code).toBe(0);
    expect(guard.binance.paths).not.toContain("GET /api/v3/account");
  });

  test("stays what it was while the settings have another pair", async () => {
    guard.answer(futures);
    declare({ ...spotOnly, permissions: "futures" });
    await guard.run("check");
    declare({ ...spotOnly, pair: "0123456789ab" });
    expect(await code()).toBe(0);
    guard.server.forget();
    expect(await code()).toBe(3);
  });

  test("isn't more if something is new at Binance: that is reported once, and once when it is over", async () => {
    declare(spotOnly);
    guard.answer({ enableSomethingNew: true });
    expect((await guard.checkAndSend()).output).toContain("<4>No permission is unknown: unknown.");
    expect(await guard.checkAndSend()).toMatchObject({ code: 0 });
    guard.answer({});
    await guard.checkAndSend();
    await guard.checkAndSend();
    expect(guard.webhook.taken.map(({ body }) => body)).toEqual([
      expect.stringContaining("acceptedPermissions enableSomethingNew"),
      expect.stringContaining("this is no longer so"),
    ]);
  });

  test("is as strict as for a new pair if no strict check is known, also after the owner has accepted less", async () => {
    guard.answer({ enableSomethingNew: true });
    declare();
    expect(await code()).toBe(3);
    declare({ ...spotOnly, acceptedPermissions: ["enableSomethingNew"] });
    expect(await code()).toBe(0);
    declare(spotOnly);
    // `pulumi up` refuses the same.
    expect(await code()).toBe(0);
    guard.answer({});
    expect(await code()).toBe(0);
    guard.answer({ enableSomethingNew: true, enableWithdrawals: true });
    expect(await code()).toBe(3);
  });

  test("is only reported with verification: warn, and checked strictly when that is over", async () => {
    guard.answer({ enableWithdrawals: true });
    declare({ ...spotOnly, verification: "warn" });
    expect(await guard.checkAndSend()).toMatchObject({
      code: 0,
      output: expect.stringContaining("<3>Withdrawals"),
    });
    expect(guard.server.read("runtime/checked")).toBe(pair);
    expect(guard.webhook.taken[0]?.body).toContain("The guard does not stop the bot for this.");
    guard.answer({ enableSomethingNew: true });
    declare(spotOnly);
    expect(await code()).toBe(3);
  });

  test("with verification: warn, a reply that is unclear lets the bot start, and a refusal doesn't", async () => {
    declare({ ...spotOnly, verification: "warn" });
    guard.answerWith({ body: {} });
    expect(await code()).toBe(0);
    guard.answerWith(refusedAddress);
    expect(await code()).toBe(2);
  });

  test("is nothing with verification: off, and nothing is requested", async () => {
    guard.answer({ enableWithdrawals: true });
    declare({ ...spotOnly, verification: "off" });
    const { code, output } = await guard.run("check");
    expect([code, output]).toEqual([
      0,
      "<4>The key isn't checked, because the setting verification is off.\n",
    ]);
    expect([guard.binance.asked, guard.server.read("runtime/checked")]).toEqual([[], pair]);
  });

  test("is known of the last five pairs", async () => {
    const known = Array.from({ length: 5 }, (_, index) => ({ ...spotOnly, pair: `00000000000${index}` }));
    guard.server.write("state/pairs.json", JSON.stringify(known));
    await guard.run("check");
    expect(JSON.parse(guard.server.read("state/pairs.json"))).toEqual([spotOnly, ...known.slice(0, 4)]);
    guard.server.write("state/pairs.json", "[{");
    expect(await code()).toBe(0);
  });
});
