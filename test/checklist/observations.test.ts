import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as calls from "../../binance/calls.ts";
import { BinanceClient } from "../../binance/client.ts";
import type { Failure, Result } from "../../binance/failure.ts";
import { type GuardOptions, observeForGuard } from "../../checklist/guard.ts";
import { type ClockReading, noObservations, observe, observeCore } from "../../checklist/observations.ts";
import { type Connect, noTradingObservations } from "../../checklist/trading-observations.ts";
import { failed } from "../binance/support.ts";
import {
  type Answers,
  BinanceStandIn,
  refusedAddress,
  soundRestrictions,
} from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";

const keyPair = { apiKey: "k".repeat(64), apiSecret: "s".repeat(64) };
const trusted = makeCertificate("api.binance.com");
const skipped = failed({ kind: "skipped" });

let binance: BinanceStandIn;

beforeAll(async () => {
  setDefaultCACertificates([...getCACertificates("default"), trusted.ca]);
  binance = await BinanceStandIn.start(trusted);
});

beforeEach(() => {
  binance.reset();
});

afterAll(() => {
  binance.stop();
});

/** What is observed of a Binance with these answers. */
async function observed<T>(answers: Answers, use: (client: BinanceClient) => Promise<T>): Promise<T> {
  binance.reset(answers);
  const client = await BinanceClient.open({ socket: binance.socket(), keyPair });
  try {
    return await use(client);
  } finally {
    client.close();
  }
}

const refusal: Failure = {
  kind: "refused",
  status: 401,
  code: -2015,
  message: "Invalid API-key, IP, or permissions for action.",
  waitSeconds: undefined,
  requestIp: undefined,
};

describe("everything", () => {
  test("is requested of a sound key", async () => {
    const { clock, ...others } = await observed({}, (client) => observe(client));
    expect(clock).toEqual({
      ok: true,
      value: { differenceMs: expect.any(Number), roundTripMs: expect.any(Number) },
    });
    expect(others).toEqual({
      restrictions: { ok: true, value: soundRestrictions },
      account: { ok: true, value: expect.objectContaining({ canTrade: true }) },
      orderTest: { ok: true, value: {} },
      accountStatus: { ok: true, value: "Normal" },
      apiTradingStatus: { ok: true, value: { isLocked: false } },
    });
  });

  test("but what a refused key can't get is skipped", async () => {
    const { clock, ...others } = await observed({ [calls.apiRestrictions.path]: refusedAddress }, (client) =>
      observe(client),
    );
    expect(clock.ok).toBe(true);
    expect(others).toEqual({
      restrictions: failed(refusal),
      account: skipped,
      orderTest: skipped,
      accountStatus: skipped,
      apiTradingStatus: skipped,
    });
    expect(binance.asked).toHaveLength(2);
  });

  test("is skipped if the clock can't be read", async () => {
    const result = await observed({ [calls.serverTime.path]: { status: 503, body: "" } }, (client) =>
      observe(client),
    );
    const failure: Failure = { ...refusal, status: 503, code: undefined, message: "" };
    expect(result).toEqual(noObservations(failure));
    expect(result).toEqual({
      clock: failed(failure),
      restrictions: skipped,
      account: skipped,
      orderTest: skipped,
      accountStatus: skipped,
      apiTradingStatus: skipped,
    });
    expect(binance.paths).toEqual(["GET /api/v3/time"]);
  });

  test("is requested even if single requests fail", async () => {
    const { accountStatus, apiTradingStatus } = await observed(
      {
        [calls.account.path]: { status: 503, body: "" },
        [calls.accountStatus.path]: { body: {} },
        [calls.apiTradingStatus.path]: { status: 500, body: "" },
      },
      (client) => observe(client),
    );
    expect(accountStatus).toMatchObject({ ok: false, failure: { kind: "unreadable" } });
    expect(apiTradingStatus).toMatchObject({ ok: false, failure: { status: 500 } });
  });
});

describe("the gate", () => {
  test("requests only what it needs, and reports the clock at once", async () => {
    const clocks: Result<ClockReading>[] = [];
    const { clock } = await observed({}, (client) =>
      observeCore(client, {
        onClock: (reading) => {
          clocks.push(reading);
          expect(binance.asked).toHaveLength(1);
        },
      }),
    );
    expect(clocks).toEqual([clock]);
    expect(binance.paths).toEqual([
      "GET /api/v3/time",
      "GET /sapi/v1/account/apiRestrictions",
      "GET /api/v3/account",
      "POST /api/v3/order/test",
    ]);
  });
});

describe("a test order", () => {
  const path = "/api/v3/order/test";
  const pairsOf = () =>
    binance.asked
      .filter((request) => request.path === path)
      .map(({ query }) => new URLSearchParams(query).get("symbol"));

  test.each([-2010, -1121])("of the setting testPair is the only one, also after code %i", async (code) => {
    await observed({ [path]: { status: 400, body: { code, msg: "" } } }, (client) =>
      observeCore(client, { testPair: "ETHUSDC" }),
    );
    expect(pairsOf()).toEqual(["ETHUSDC"]);
  });

  test.each([-2010, -1121, -1013])("tries the second pair after code %i, and no third", async (code) => {
    const { orderTest } = await observed({ [path]: { status: 400, body: { code, msg: "" } } }, (client) =>
      observeCore(client),
    );
    expect(pairsOf()).toEqual(["BTCUSDC", "BTCUSDT"]);
    expect(orderTest).toMatchObject({ ok: false, failure: { code } });
  });

  test.each([
    ["it is accepted", {}],
    ["the key is refused", { status: 401, body: { code: -2015, msg: "" } }],
    ["Binance is under maintenance", { status: 503, body: "" }],
    ["the reply is unreadable", { body: { orderId: 1 } }],
  ])("is for the first pair only if %s", async (_, answer) => {
    await observed({ [path]: answer }, (client) => observeCore(client));
    expect(pairsOf()).toEqual(["BTCUSDC"]);
  });
});

describe("a refused order to buy", () => {
  const disabled = {
    status: 400,
    body: { code: -2010, msg: "This action is disabled on this account." },
  };
  const sides = () =>
    binance.asked.map(({ query }) => new URLSearchParams(query).get("side")).filter(Boolean);

  test("is followed by one to sell, if the account is the reason", async () => {
    const { sellTest } = await observed({ "/api/v3/order/test": disabled }, (client) => observeCore(client));
    expect(sellTest).toMatchObject({ ok: false, failure: { code: -2010 } });
    expect(sides()).toEqual(["BUY", "SELL"]);
  });
});

describe("a key for futures", () => {
  const configuration = "/fapi/v1/accountConfig";
  const answers = {
    [configuration]: { body: { canTrade: true, dualSidePosition: true, feeTier: 0 } },
    "/fapi/v3/balance": {
      body: [
        { asset: "USDT", balance: "1000.50000000", availableBalance: "900" },
        { asset: "BNB", balance: "0.00000000" },
        { asset: "USDC", balance: "-1.5" },
      ],
    },
    "/fapi/v1/order/test": { body: { orderId: 0, symbol: "BTCUSDT" } },
  };
  const hosts: string[] = [];
  const futures: Connect = async (host, use) => {
    hosts.push(host);
    const client = await BinanceClient.open({ socket: binance.socket(), keyPair });
    try {
      return await use(client);
    } finally {
      client.close();
    }
  };

  test("is tried at the host of futures, with the wallet and a position to buy", async () => {
    const { account, orderTest } = await observed(answers, (client) => observeCore(client, { futures }));
    expect(hosts).toEqual(["fapi.binance.com"]);
    expect(account).toEqual({
      ok: true,
      value: {
        canTrade: true,
        balances: [
          { asset: "USDT", free: "1000.50000000", locked: "0" },
          { asset: "USDC", free: "-1.5", locked: "0" },
        ],
      },
    });
    expect(orderTest.ok).toBe(true);
    expect(binance.asked.at(-1)?.query).toContain("symbol=BTCUSDT&side=BUY&positionSide=LONG");
    expect(binance.paths).not.toContain("GET /api/v3/account");
  });

  test("of an account without futures tests no order", async () => {
    const { account, orderTest } = await observed({ ...answers, [configuration]: refusedAddress }, (client) =>
      observeCore(client, { futures }),
    );
    expect([account, orderTest]).toEqual([failed(refusal), skipped]);
  });

  test("isn't tried if the host can't be reached, or after a refusal that requires a pause", async () => {
    const failure: Failure = { kind: "unreachable", reason: "connect", detail: "no connection" };
    const unreachable: Connect = (_host, _use, onFailure) => Promise.resolve(onFailure(failure));
    expect(
      (await observed(answers, (client) => observeCore(client, { futures: unreachable }))).account,
    ).toEqual(failed(failure));
    hosts.length = 0;
    await observed({ [calls.apiRestrictions.path]: { status: 429, body: "" } }, (client) =>
      observeCore(client, { futures }),
    );
    expect(hosts).toEqual([]);
  });
});

describe("the guard", () => {
  const options: GuardOptions = {
    ipAddress: "203.0.113.10",
    judging: { permissions: "spot", acceptedPermissions: [], acceptedBefore: undefined },
    ordersWereAccepted: false,
    withinTime: (reading) => reading,
  };
  const asGuard = (client: BinanceClient) => observeForGuard(client, options);
  const restrictionsPath = calls.apiRestrictions.path;

  test("requests the clock and the restrictions, and then reads the account", async () => {
    const { clock, restrictions, account, orderTest } = await observed({}, asGuard);
    expect([clock.ok, restrictions]).toEqual([true, { ok: true, value: soundRestrictions }]);
    expect([account.ok, orderTest.ok]).toEqual([true, true]);
    expect(binance.paths).toEqual([
      "GET /api/v3/time",
      "GET /sapi/v1/account/apiRestrictions",
      "GET /api/v3/account",
      "POST /api/v3/order/test",
    ]);
  });

  test.each([
    ["may do too much", { enableWithdrawals: true }],
    ["may not trade", { enableSpotAndMarginTrading: false }],
    ["is described unclearly", { ipRestrict: null }],
  ])("doesn't read the account with a key that %s", async (_, changes) => {
    const { account } = await observed(
      { [restrictionsPath]: { body: { ...soundRestrictions, ...changes } } },
      asGuard,
    );
    expect(account).toEqual(skipped);
    expect(binance.paths).toHaveLength(2);
  });

  test("gives up what takes too long about the account", async () => {
    const late = (client: BinanceClient) =>
      observeForGuard(client, { ...options, withinTime: () => Promise.resolve(noTradingObservations) });
    expect(await observed({ "/api/v3/account": { instead: "silence" } }, late)).toMatchObject({
      restrictions: { ok: true },
      account: skipped,
    });
  });

  test("doesn't send the key if the clock can't be read", async () => {
    const { clock, restrictions } = await observed(
      { [calls.serverTime.path]: { status: 503, body: "" } },
      asGuard,
    );
    expect([clock.ok, restrictions]).toEqual([false, skipped]);
    expect(binance.paths).toEqual(["GET /api/v3/time"]);
  });
});

test("the clock's difference is measured from the middle of the round trip", async () => {
  const ahead = 3_600_000;
  const before = Date.now();
  const { clock } = await observed(
    { [calls.serverTime.path]: { body: { serverTime: before + ahead } } },
    (client) => observeCore(client),
  );
  const after = Date.now();
  const { differenceMs, roundTripMs } = clock.ok ? clock.value : { differenceMs: 0, roundTripMs: -1 };
  expect(differenceMs).toBeLessThanOrEqual(ahead);
  expect(differenceMs).toBeGreaterThanOrEqual(ahead - (after - before));
  expect(roundTripMs).toBeGreaterThanOrEqual(0);
  expect(roundTripMs).toBeLessThanOrEqual(after - before);
  const timestamp = Number(new URLSearchParams(binance.asked[1]?.query).get("timestamp"));
  expect(timestamp - ahead).toBeGreaterThan(before - 60_000);
});
