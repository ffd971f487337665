import { describe, expect, test } from "@jest/globals";
import { logOn, makeEd25519Key, signed } from "../support/api-socket.ts";
import { makeKey, startEmulator } from "../support/emulator.ts";
import { makePair, sign } from "../support/signing.ts";
import { connect, startAndConnect } from "../support/socket-client.ts";

const weight = (count: number) => [
  { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6000, count },
];

describe("a request", () => {
  test.each([1, "e2a85d9f-07a5", null])("gets its id %j back", async (id) => {
    const { socket } = await startAndConnect("/ws-api/v3");
    expect(await socket.ask({ id, method: "ping" })).toEqual({
      id,
      status: 200,
      result: {},
      rateLimits: weight(3),
    });
  });

  test("may name the version of the API", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    expect(await socket.ask({ id: 1, method: "v3/time" })).toMatchObject({
      result: { serverTime: emulator.clock.now().getTime() },
    });
  });

  test("shows the rate limits as the connection or the request wants", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const params = { returnRateLimits: false };
    expect(await socket.ask({ id: 1, method: "ping", params })).toEqual({ id: 1, status: 200, result: {} });
    const other = await connect(emulator, "/ws-api/v3?returnRateLimits=false");
    expect(await other.ask({ id: 1, method: "ping" })).toEqual({ id: 1, status: 200, result: {} });
    expect(await other.ask({ id: 1, method: "ping", params: { returnRateLimits: true } })).toEqual({
      id: 1,
      status: 200,
      result: {},
      rateLimits: weight(7),
    });
  });

  test("gets the errors of the REST API", async () => {
    const { socket } = await startAndConnect("/ws-api/v3");
    expect(await socket.ask({ id: 1, method: "depth", params: { symbol: "NOPE" } })).toEqual({
      id: 1,
      status: 400,
      error: { code: -1121, msg: "Invalid symbol." },
      rateLimits: weight(7),
    });
    expect(await socket.ask({ id: 2, method: "ping", params: { symbol: "NOPE" } })).toMatchObject({
      status: 400,
      error: { code: -1101 },
    });
  });

  test.each([
    "not JSON",
    "[]",
    '{"id":1}',
    '{"id":1,"method":"ping","params":[]}',
    '{"id":{},"method":"ping"}',
    '{"id":true,"method":"ping"}',
    '{"id":1.5,"method":"ping"}',
  ])("that can't be read is refused: %s", async (text) => {
    const { socket } = await startAndConnect("/ws-api/v3");
    expect(await socket.ask(text)).toMatchObject({
      status: 400,
      error: { code: -1135, msg: "Invalid JSON Request" },
    });
  });

  test.each(["userDataStream.start", "userDataStream.ping", "sor.order.place", "constructor"])(
    "of the method %s is refused and reported",
    async (method) => {
      const { emulator, socket } = await startAndConnect("/ws-api/v3");
      expect(await socket.ask({ id: 1, method })).toMatchObject({
        id: 1,
        status: 400,
        error: { code: -1020, msg: "This operation is not supported." },
      });
      expect(emulator.reported).toEqual([`not emulated: ${method} of the WebSocket API`]);
    },
  );

  test("of an unknown method shows the weight that other requests have used", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    await socket.ask({ id: 1, method: "ping" });
    expect(await socket.ask({ id: 2, method: "nothing" })).toMatchObject({
      status: 400,
      rateLimits: weight(3),
    });
    emulator.clock.advance(60_000);
    expect(await socket.ask({ id: 3, method: "nothing" })).toMatchObject({ rateLimits: weight(0) });
  });

  test("beyond the limit of weight is refused, with the time to come again", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    await emulator.control.setWeightLimits({ api: 3, sapi: 1 });
    expect(await socket.ask({ id: 1, method: "ping" })).toMatchObject({ status: 200 });
    const now = emulator.clock.now().getTime();
    expect(await socket.ask({ id: 2, method: "ping" })).toMatchObject({
      status: 429,
      error: { code: -1003, data: { serverTime: now, retryAfter: now + 60_000 } },
    });
    await emulator.control.changeAccess("127.0.0.1", { kind: "ban", seconds: 90 });
    expect(await socket.ask({ id: 3, method: "ping" })).toMatchObject({
      status: 418,
      error: { code: -1003, data: { retryAfter: now + 90_000 } },
    });
  });

  test("is in the log without its key and signature, and is hit by faults", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const { control } = emulator;
    const key = await makeKey(emulator);
    await control.clearRequests();
    await socket.ask({
      id: 1,
      method: "account.status",
      params: signed(emulator, key, { omitZeroBalances: true }),
    });
    const requests = await control.requests();
    const timestamp = emulator.clock.now().getTime();
    const path = `account.status?omitZeroBalances=true&timestamp=${timestamp}`;
    expect(requests).toEqual([{ method: "WS", path, source: "127.0.0.1", status: 200 }]);
    const effect = {
      kind: "error",
      status: 503,
      code: -1008,
      message: "Server is currently overloaded",
    } as const;
    await control.inject({ method: "WS", path: "^time", effect });
    expect(await socket.ask({ id: 1, method: "time" })).toEqual({
      id: 1,
      status: 503,
      error: { code: -1008, msg: "Server is currently overloaded" },
    });
    await control.inject({ effect: { kind: "slow", milliseconds: 3000 } });
    socket.send({ id: 2, method: "time" });
    while ((await control.requests()).length < 3) {
      // Until the request has arrived.
    }
    expect(socket.unread).toBe(0);
    emulator.clock.advance(3000);
    expect(await socket.next()).toMatchObject({ id: 2, status: 200 });
    await control.inject({ effect: { kind: "lose-answer" } });
    const closed = socket.closed();
    socket.send({ id: 3, method: "time" });
    expect(await closed).toBe("1006");
  });

  test("gets times in microseconds if the connection wants that", async () => {
    const emulator = await startEmulator();
    const socket = await connect(emulator, "/ws-api/v3?timeUnit=MICROSECOND");
    const time = emulator.clock.now().getTime() * 1000;
    expect(await socket.ask({ id: 1, method: "time" })).toMatchObject({ result: { serverTime: time } });
    const params = { symbol: "BTCUSDT", interval: "1m", limit: 1 };
    const minute = Math.floor(time / 60_000_000) * 60_000_000;
    expect(await socket.ask({ id: 1, method: "klines", params })).toMatchObject({
      result: [
        [
          minute,
          ...Array.from({ length: 5 }, () => expect.any(String)),
          minute + 59_999_000,
          ...Array.from({ length: 5 }, () => expect.anything()),
        ],
      ],
    });
  });
});

describe("public data", () => {
  test.each([
    ["exchangeInfo", { symbols: ["BTCUSDT", "ETHBTC"] }],
    ["depth", { symbol: "BTCUSDT", limit: 5 }],
    ["trades.recent", { symbol: "BTCUSDT", limit: 2 }],
    ["trades.historical", { symbol: "BTCUSDT", fromId: 5 }],
    ["trades.aggregate", { symbol: "BTCUSDT" }],
    ["klines", { symbol: "BTCUSDT", interval: "1h" }],
    ["uiKlines", { symbol: "BTCUSDT", interval: "1h" }],
    ["avgPrice", { symbol: "BTCUSDT" }],
    ["ticker.24hr", { symbols: ["BTCUSDT"], type: "MINI" }],
    ["ticker.tradingDay", { symbol: "BTCUSDT", timeZone: "8" }],
    ["ticker", { symbol: "BTCUSDT", windowSize: "7d" }],
    ["ticker.price", {}],
    ["ticker.book", { symbol: "BTCUSDT" }],
  ])("is answered by %s, even if the request is signed", async (method, params) => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const answer = await socket.ask({ id: 1, method, params });
    expect(answer).toMatchObject({ status: 200, result: expect.anything() });
    const key = await makeKey(emulator);
    const more = { ...params, apiKey: key.apiKey, timestamp: 1, signature: "unread" };
    expect(await socket.ask({ id: 1, method, params: more })).toMatchObject({ status: 200 });
  });

  test("of the exchange has the limit of connections", async () => {
    const { socket } = await startAndConnect("/ws-api/v3");
    const limit = { rateLimitType: "CONNECTIONS", interval: "MINUTE", intervalNum: 5, limit: 300 };
    const other = expect.arrayContaining([expect.objectContaining({ rateLimitType: "RAW_REQUESTS" })]);
    const answer = await socket.ask({ id: 1, method: "exchangeInfo" });
    expect(answer).toMatchObject({ result: { rateLimits: expect.arrayContaining([limit]) } });
    expect(answer).not.toMatchObject({ result: { rateLimits: other } });
  });
});

describe("a signed request", () => {
  test.each(["hmac", "ed25519", "rsa"] as const)("is signed by a key of type %s", async (type) => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const pair = type === "hmac" ? undefined : makePair(type);
    const request = pair === undefined ? { type } : { type, publicKey: pair.publicKey };
    const created = await makeKey(emulator, request);
    const key = { apiKey: created.apiKey, signWith: pair?.privateKey ?? created.signWith };
    const params = signed(emulator, key, { omitZeroBalances: true, recvWindow: 5000 });
    expect(await socket.ask({ id: 1, method: "account.status", params })).toMatchObject({
      status: 200,
      result: { canTrade: true },
      rateLimits: weight(22),
    });
    const wrong = { ...params, recvWindow: 5001 };
    expect(await socket.ask({ id: 1, method: "account.status", params: wrong })).toMatchObject({
      status: 400,
      error: { code: -1022 },
    });
  });

  test("is signed over numbers as they were sent", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const key = await makeKey(emulator);
    const timestamp = emulator.clock.now().getTime();
    const signature = sign(key, `apiKey=${key.apiKey}&recvWindow=5000.50&timestamp=${timestamp}`);
    const params = `{"apiKey":"${key.apiKey}","recvWindow":5000.50,"timestamp":${timestamp},"signature":"${signature}"}`;
    expect(await socket.ask(`{"id":1,"method":"account.status","params":${params}}`)).toMatchObject({
      status: 200,
    });
  });

  test("needs a key", async () => {
    const { socket } = await startAndConnect("/ws-api/v3");
    expect(await socket.ask({ id: 1, method: "account.status" })).toMatchObject({
      status: 400,
      error: { code: -1102, msg: expect.stringContaining("'apiKey'") },
    });
  });
});

describe("a session", () => {
  test("logs on with an Ed25519 key, and needs no signature then", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const connectedSince = emulator.clock.now().getTime();
    const status = { returnRateLimits: true, connectedSince, userDataStream: false };
    expect(await socket.ask({ id: 0, method: "session.status" })).toMatchObject({
      result: { ...status, apiKey: null, authorizedSince: null },
    });
    emulator.clock.advance(1000);
    const key = await makeEd25519Key(emulator);
    const authorized = { ...status, apiKey: key.apiKey, authorizedSince: connectedSince + 1000 };
    expect(await socket.ask({ id: 1, method: "session.logon", params: signed(emulator, key) })).toEqual({
      id: 1,
      status: 200,
      result: { ...authorized, serverTime: connectedSince + 1000 },
      rateLimits: weight(6),
    });
    expect(await emulator.control.sockets()).toMatchObject([{ apiKey: key.apiKey }]);
    const params = { timestamp: emulator.clock.now().getTime() };
    expect(await socket.ask({ id: 2, method: "account.status", params })).toMatchObject({ status: 200 });
    expect(await socket.ask({ id: 3, method: "account.status", params: { timestamp: 1 } })).toMatchObject({
      status: 400,
      error: { code: -1021 },
    });
    expect(await socket.ask({ id: 4, method: "session.status" })).toMatchObject({ result: authorized });
    expect(await socket.ask({ id: 5, method: "session.logout" })).toMatchObject({
      result: { ...status, apiKey: null, authorizedSince: null },
    });
    expect(await socket.ask({ id: 6, method: "account.status", params })).toMatchObject({ status: 400 });
  });

  test.each(["hmac", "rsa"] as const)("doesn't log on with a key of type %s", async (type) => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const pair = makePair("rsa");
    const created = await makeKey(emulator, type === "rsa" ? { type, publicKey: pair.publicKey } : {});
    const key = { apiKey: created.apiKey, signWith: type === "rsa" ? pair.privateKey : created.signWith };
    expect(await socket.ask({ id: 1, method: "session.logon", params: signed(emulator, key) })).toMatchObject(
      {
        status: 400,
        error: { code: -1022 },
      },
    );
  });

  test("may have requests with another key", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    await logOn(emulator, socket);
    const other = await makeKey(emulator, { label: "other", permissions: [] });
    const params = signed(emulator, other);
    expect(await socket.ask({ id: 1, method: "account.status", params })).toMatchObject({
      status: 401,
      error: { code: -2015 },
    });
  });

  test("ends when its key becomes invalid, with the next request that needs the key", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const key = await logOn(emulator, socket);
    await emulator.control.editKey(key.apiKey, { whitelist: ["203.0.113.1"] });
    const params = { timestamp: emulator.clock.now().getTime() };
    expect(await socket.ask({ id: 1, method: "account.status", params })).toMatchObject({
      id: null,
      status: 401,
      error: { code: -2015, msg: "Invalid API-key, IP, or permissions for action." },
    });
    expect(await socket.ask({ id: 2, method: "session.status" })).toMatchObject({ result: { apiKey: null } });
  });

  test("ends when its key is deleted", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const key = await logOn(emulator, socket);
    await emulator.control.deleteKey(key.apiKey);
    const params = { timestamp: emulator.clock.now().getTime() };
    expect(await socket.ask({ id: 1, method: "account.status", params })).toMatchObject({
      id: null,
      status: 401,
    });
  });
});
