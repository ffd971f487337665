import { createHmac } from "node:crypto";
import { connect, createServer } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import * as calls from "../../binance/calls.ts";
import { BinanceClient } from "../../binance/client.ts";
import { BinanceError, type Failure } from "../../binance/failure.ts";
import { restrictionsReply, serverTimeReply } from "../../binance/replies.ts";
import { observe } from "../../checklist/observations.ts";
import { leaks } from "../arbitraries.ts";
import { type Answer, type Answers, BinanceStandIn } from "../support/binance-stand-in.ts";
import { makeCertificate } from "../support/certificate.ts";
import { keyPair } from "../support/fixtures.ts";

const trusted = makeCertificate("api.binance.com");

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

function open(timeout = 5000): Promise<BinanceClient> {
  return BinanceClient.open({ socket: binance.socket(), keyPair, timeout });
}

/** Requests the restrictions once, from a Binance with this answer. */
async function failureOf(answer: Answer, timeout?: number): Promise<Failure> {
  binance.reset({ [calls.apiRestrictions.path]: answer });
  const client = await open(timeout);
  try {
    const result = await client.request(calls.apiRestrictions, restrictionsReply);
    if (result.ok) {
      throw new Error("the reply was accepted");
    }
    return result.failure;
  } finally {
    client.close();
  }
}

async function openingFailure(opening: Promise<BinanceClient>): Promise<Failure> {
  const error: unknown = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BinanceError)) {
    throw new Error("no BinanceError");
  }
  return error.failure;
}

describe("all requests", () => {
  test("use one connection, and have the exchange's time", async () => {
    const client = await open();
    const observed = await observe(client);
    client.close();
    expect(Object.values(observed).every(({ ok }) => ok)).toBe(true);
    expect(binance.connections).toBe(1);
    expect(binance.paths).toEqual([
      "GET /api/v3/time",
      "GET /sapi/v1/account/apiRestrictions",
      "GET /api/v3/account",
      "POST /api/v3/order/test",
      "GET /sapi/v1/account/status",
      "GET /sapi/v1/account/apiTradingStatus",
    ]);
    for (const { query, headers, path } of binance.asked) {
      expect(headers.host).toBe("api.binance.com");
      if (path === "/api/v3/time") {
        expect(headers).not.toHaveProperty("x-mbx-apikey");
        continue;
      }
      const [payload = "", signature] = query.split("&signature=");
      expect(signature).toBe(createHmac("sha256", keyPair.apiSecret).update(payload).digest("hex"));
      expect(headers["x-mbx-apikey"]).toBe(keyPair.apiKey);
    }
  });

  test("have the exchange's time even if this computer's clock is wrong", async () => {
    const ahead = 3_600_000;
    binance.reset({ "/api/v3/time": { body: { serverTime: Date.now() + ahead } } });
    const client = await open();
    const { clock } = await observe(client);
    client.close();
    expect(clock.ok && Math.abs(clock.value.differenceMs - ahead) < 2000).toBe(true);
    const timestamp = Number(new URLSearchParams(binance.asked[1]?.query).get("timestamp"));
    expect(Math.abs(timestamp - Date.now() - ahead)).toBeLessThan(5000);
  });

  test("try the second pair if the account may not trade the first, and only then", async () => {
    const notPermitted = { code: -2010, msg: "This symbol is not permitted for this account." };
    binance.reset({ "/api/v3/order/test": { status: 400, body: notPermitted } });
    const client = await open();
    await observe(client);
    client.close();
    const symbols = binance.asked
      .filter(({ path }) => path === "/api/v3/order/test")
      .map(({ query }) => new URLSearchParams(query).get("symbol"));
    expect(symbols).toEqual(["BTCUSDC", "BTCUSDT"]);
  });

  test.each([
    ["a refused key isn't sent again", { status: 401, body: { code: -2015, msg: "Invalid." } }, 2],
    ["a limit stops everything", { status: 429, body: { code: -1003, msg: "Too many." } }, 2],
    ["a ban stops everything", { status: 418, headers: { "retry-after": "60" }, body: "" }, 2],
    ["the firewall's refusal stops everything", { status: 403, body: "<html>" }, 2],
    [
      "a country that isn't served stops everything",
      { status: 451, body: { code: 0, msg: "Eligibility" } },
      2,
    ],
    ["a broken connection stops everything", { instead: "cut" }, 2],
    ["a limit with another status stops everything", { status: 400, body: { code: -1003 } }, 2],
    ["maintenance doesn't", { status: 503, body: "" }, 6],
    ["an unreadable reply doesn't", { body: "[]" }, 6],
  ] satisfies [string, Answer, number][])("%s", async (_, answer, requests) => {
    binance.reset({ [calls.apiRestrictions.path]: answer });
    const client = await open();
    await observe(client);
    client.close();
    expect(binance.asked).toHaveLength(requests);
    expect(binance.connections).toBe(1);
  });

  test("ignore a proxy that the environment names", async () => {
    const { HTTPS_PROXY, NODE_USE_ENV_PROXY } = process.env;
    Object.assign(process.env, { HTTPS_PROXY: "http://127.0.0.1:9", NODE_USE_ENV_PROXY: "1" });
    try {
      const client = await open();
      expect(await client.request(calls.serverTime, serverTimeReply)).toMatchObject({ ok: true });
      client.close();
    } finally {
      delete process.env.HTTPS_PROXY;
      delete process.env.NODE_USE_ENV_PROXY;
      Object.assign(
        process.env,
        HTTPS_PROXY === undefined ? {} : { HTTPS_PROXY },
        NODE_USE_ENV_PROXY === undefined ? {} : { NODE_USE_ENV_PROXY },
      );
    }
  });
});

describe("a bad reply is a failure, not a crash", () => {
  test.each<[string, Answer, Partial<Failure>]>([
    ["HTML", { body: "<html>" }, { kind: "unreadable", problem: "isn't JSON" }],
    ["nothing", { body: "" }, { kind: "unreadable", problem: "isn't JSON" }],
    ["a list", { body: "[]" }, { kind: "unreadable" }],
    [
      "more than a megabyte",
      { body: `"${"x".repeat(1_100_000)}"` },
      { kind: "unreadable", problem: "is longer than 1048576 bytes" },
    ],
    ["an error with HTTP 200", { body: { code: -2015, msg: "no" } }, { kind: "refused", code: -2015 }],
    [
      "a redirect",
      { status: 302, headers: { location: "https://elsewhere.example/" }, body: "" },
      { kind: "refused", status: 302, code: undefined },
    ],
    [
      "a ban",
      { status: 418, headers: { "retry-after": "3600" }, body: { code: -1003, msg: "banned" } },
      { kind: "refused", status: 418, waitSeconds: 3600 },
    ],
    [
      "a limit with a nonsensical time",
      { status: 429, headers: { "retry-after": "99999999999999" }, body: "" },
      { kind: "refused", status: 429, waitSeconds: undefined },
    ],
    [
      "a refused address that is named",
      { status: 401, body: { code: -2015, msg: "Invalid API-key, request ip: 192.0.2.1" } },
      { kind: "refused", requestIp: "192.0.2.1" },
    ],
    ["a cut connection", { instead: "cut" }, { kind: "unreachable", reason: "closed" }],
  ])("%s", async (_, answer, expected) => {
    expect(await failureOf(answer)).toMatchObject(expected);
  });

  test("silence ends at the timeout", async () => {
    expect(await failureOf({ instead: "silence" }, 300)).toMatchObject({
      kind: "unreachable",
      reason: "timeout",
    });
  });

  test("a reply that ends too early", async () => {
    const { createServer: createTlsServer } = await import("node:tls");
    const half = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{}";
    const server = createTlsServer(trusted, (socket) => socket.end(half));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const client = await BinanceClient.open({ socket: connect(port, "127.0.0.1"), keyPair });
    const result = await client.request(calls.serverTime, restrictionsReply);
    client.close();
    server.close();
    expect(result).toMatchObject({ ok: false, failure: { kind: "unreachable", reason: "closed" } });
  });

  test("what isn't HTTP at all", async () => {
    const { createServer: createTlsServer } = await import("node:tls");
    const server = createTlsServer(trusted, (socket) => socket.end("garbage\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const client = await BinanceClient.open({ socket: connect(port, "127.0.0.1"), keyPair });
    const result = await client.request(calls.serverTime, serverTimeReply);
    client.close();
    server.close();
    expect(result).toMatchObject({ ok: false, failure: { kind: "unreadable" } });
  });
});

describe("a connection that doesn't lead to Binance", () => {
  test("an untrusted certificate is refused before the key is sent, no matter what the environment says", async () => {
    const stranger = await BinanceStandIn.start(makeCertificate("api.binance.com"));
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      const failure = await openingFailure(BinanceClient.open({ socket: stranger.socket(), keyPair }));
      expect(failure).toMatchObject({ kind: "unreachable", reason: "certificate" });
      expect(stranger.asked).toEqual([]);
    } finally {
      if (before === undefined) {
        delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      } else {
        process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
      }
      stranger.stop();
    }
  });

  test("a trusted certificate for another name is refused", async () => {
    const opening = BinanceClient.open({ socket: binance.socket(), keyPair, host: "api1.binance.com" });
    expect(await openingFailure(opening)).toMatchObject({ reason: "certificate" });
  });

  test("a closed port", async () => {
    const opening = BinanceClient.open({ socket: connect(9, "127.0.0.1"), keyPair });
    expect(await openingFailure(opening)).toMatchObject({ reason: "connect" });
  });

  test("a name that doesn't resolve", async () => {
    const opening = BinanceClient.open({ socket: connect(443, "name.invalid"), keyPair });
    expect(await openingFailure(opening)).toMatchObject({ reason: "dns" });
  });

  test("a listener that never speaks", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = z.object({ port: z.number() }).parse(server.address());
    const opening = BinanceClient.open({ socket: connect(port, "127.0.0.1"), keyPair, timeout: 200 });
    expect(await openingFailure(opening)).toMatchObject({ reason: "timeout" });
    server.close();
  });

  test("the owner of the socket gives the reason", async () => {
    const failure: Failure = { kind: "tunnel", reason: "ssh-denied", detail: "no" };
    const opening = BinanceClient.open({
      socket: connect(9, "127.0.0.1"),
      keyPair,
      explain: () => Promise.resolve(failure),
    });
    expect(await openingFailure(opening)).toEqual(failure);
  });
});

test("each request is reported by its call and outcome, and by nothing that is secret", async () => {
  const reported: [string, string, boolean][] = [];
  binance.reset({
    [calls.apiRestrictions.path]: { status: 401, body: { code: -2015, msg: "" } },
    [calls.account.path]: { status: 503, body: "" },
    [calls.accountStatus.path]: { body: "[]" },
    [calls.apiTradingStatus.path]: { instead: "cut" },
  });
  const client = await BinanceClient.open({
    socket: binance.socket(),
    keyPair,
    onReply: (call, outcome, milliseconds) => {
      reported.push([call.path, outcome, milliseconds >= 0 && milliseconds < 60_000]);
    },
  });
  const requests = [
    calls.serverTime,
    calls.apiRestrictions,
    calls.account,
    calls.accountStatus,
    calls.apiTradingStatus,
    calls.serverTime,
  ];
  for (const call of requests) {
    await client.request(call, restrictionsReply);
  }
  client.close();
  expect(reported).toEqual([
    [calls.serverTime.path, "ok", true],
    [calls.apiRestrictions.path, "HTTP 401 -2015", true],
    [calls.account.path, "HTTP 503", true],
    [calls.accountStatus.path, "unreadable", true],
    [calls.apiTradingStatus.path, "unreachable", true],
  ]);
});

test("a request has the headers that Binance expects, and the key only if it is signed", async () => {
  const client = await open();
  await client.request(calls.serverTime, serverTimeReply);
  await client.request(calls.orderTest("BTCUSDC"), restrictionsReply);
  client.close();
  const [time, order] = binance.asked;
  expect(time?.headers).toMatchObject({ accept: "application/json", "user-agent": "trading-bot-server" });
  expect(time?.headers).not.toHaveProperty("content-length");
  expect(time?.headers).not.toHaveProperty("x-mbx-apikey");
  expect(order?.headers).toMatchObject({ "content-length": "0", "x-mbx-apikey": keyPair.apiKey });
});

test("a closed client sends nothing more", async () => {
  const client = await open();
  client.close();
  expect(await client.request(calls.serverTime, serverTimeReply)).toMatchObject({
    ok: false,
    failure: { kind: "unreachable" },
  });
  expect(binance.asked).toEqual([]);
});

describe("the owner of the socket", () => {
  const failure: Failure = { kind: "tunnel", reason: "ssh-denied", detail: "no" };
  const open = () =>
    BinanceClient.open({ socket: binance.socket(), keyPair, explain: () => Promise.resolve(failure) });

  test("explains a broken connection, and nothing more is sent", async () => {
    binance.reset({ [calls.apiRestrictions.path]: { instead: "cut" } });
    const client = await open();
    expect(await client.request(calls.apiRestrictions, restrictionsReply)).toEqual({ ok: false, failure });
    expect(await client.request(calls.serverTime, serverTimeReply)).toEqual({
      ok: false,
      failure: { kind: "skipped" },
    });
    client.close();
    expect(binance.asked).toHaveLength(1);
  });

  test("doesn't explain a refusal", async () => {
    binance.reset({ [calls.apiRestrictions.path]: { status: 503, body: "" } });
    const client = await open();
    expect(await client.request(calls.apiRestrictions, restrictionsReply)).toMatchObject({
      failure: { kind: "refused", status: 503 },
    });
    client.close();
  });
});

test("even a short key and secret are hidden if Binance repeats them", async () => {
  const short = { apiKey: "short-key", apiSecret: "short-secret" };
  binance.reset({
    [calls.account.path]: { status: 400, body: { code: -1100, msg: "short-key short-secret" } },
  });
  const client = await BinanceClient.open({ socket: binance.socket(), keyPair: short });
  expect(await client.request(calls.account, restrictionsReply)).toMatchObject({
    failure: { message: "[…] […]" },
  });
  client.close();
});

test("neither client nor failure shows the key, the secret or a signature, even if Binance repeats them", async () => {
  const { apiKey, apiSecret } = keyPair;
  const parrot = (status: number): Answers => ({
    [calls.apiRestrictions.path]: {
      status,
      body: { code: -1100, msg: `key ${apiKey}, secret ${apiSecret}`, [apiKey]: apiSecret },
    },
    [calls.account.path]: { body: { [apiKey]: apiSecret, balances: [{ asset: apiSecret }] } },
  });
  for (const status of [200, 400]) {
    binance.reset(parrot(status));
    const client = await open();
    const observed = await observe(client);
    client.close();
    const shown = inspect([client, observed.restrictions, observed.account], { depth: 20, showHidden: true });
    const signatures = binance.asked.map(({ query }) => query.split("signature=")[1] ?? "");
    for (const secret of [apiKey, apiSecret]) {
      expect(leaks(shown, secret)).toBe(false);
    }
    for (const signature of signatures) {
      // A few hex digits are anywhere by chance.
      expect(leaks(shown, signature, 8)).toBe(false);
    }
  }
});
