import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { aheadOfServer, ErrorAnswer, outsideOfRecvWindow } from "../../binance/errors.ts";
import { checkTiming } from "../../binance/timing.ts";
import { bodyOf, errorIn, makeKey, type Sent, startEmulator } from "./support/emulator.ts";
import { makePair } from "./support/signing.ts";

const account = "/api/v3/account";
const restrictions = "/sapi/v1/account/apiRestrictions";
const rejected = "401 -2015 Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1";

describe("a signed request", () => {
  test.each(["ed25519", "rsa"] as const)(
    "is accepted with its %s key, and with no other key",
    async (type) => {
      const emulator = await startEmulator();
      const { publicKey, privateKey } = makePair(type);
      const key = await makeKey(emulator, { type, publicKey });
      expect(key.apiSecret).toBeNull();
      const own = { apiKey: key.apiKey, signWith: privateKey };
      bodyOf(await emulator.sendSigned(account, own));
      const other = { apiKey: key.apiKey, signWith: makePair(type).privateKey };
      expect(errorIn(await emulator.sendSigned(account, other))).toMatch(/^400 -1022 /);
    },
  );

  test("is refused if the secret is wrong, or if anything was changed on the way", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const wrong = { ...key, signWith: "x".repeat(64) };
    const invalid = "400 -1022 Signature for this request is not valid.";
    expect(errorIn(await emulator.sendSigned(restrictions, wrong))).toBe(invalid);
    const sent = { query: `omitZeroBalances=true&timestamp=${emulator.clock.now().getTime()}&signature=` };
    const headers = { "x-mbx-apikey": key.apiKey };
    const query = `${sent.query}${"0".repeat(64)}`;
    expect(errorIn(await emulator.send(account, { query, headers }))).toBe(invalid);
  });

  test("is refused without a key of the right format", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const format = "401 -2014 API-key format invalid.";
    expect(errorIn(await emulator.send(account))).toBe(format);
    for (const apiKey of ["short", key.apiKey.slice(0, 40), `${key.apiKey.slice(1)}-`]) {
      expect(errorIn(await emulator.sendSigned(restrictions, { ...key, apiKey }))).toBe(format);
    }
  });

  test("is refused with a different code on /sapi if the key is unknown or was deleted", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const unknown = { ...key, apiKey: "a".repeat(64) };
    const code = "400 -2008 Invalid Api-Key ID.";
    expect(errorIn(await emulator.sendSigned(restrictions, unknown))).toBe(code);
    expect(errorIn(await emulator.sendSigned(account, unknown))).toBe(rejected);
    await emulator.control.deleteKey(key.apiKey);
    expect(errorIn(await emulator.sendSigned(restrictions, key))).toBe(code);
    expect(errorIn(await emulator.sendSigned(account, key))).toBe(rejected);
  });

  test("needs signature and timestamp", async () => {
    const emulator = await startEmulator();
    const { apiKey } = await makeKey(emulator);
    const refusal = async (query: string) =>
      errorIn(await emulator.send(account, { query, headers: { "x-mbx-apikey": apiKey } }));
    const missing = (name: string) =>
      `400 -1102 Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`;
    expect(await refusal("timestamp=1")).toBe(missing("signature"));
    expect(await refusal("timestamp=1&signature=")).toBe(missing("signature"));
    expect(await refusal("signature=x")).toBe(missing("timestamp"));
    expect(await refusal("signature=x&timestamp=soon")).toMatch(/^400 -1100 .*'timestamp'/);
    expect(await refusal("signature=x&timestamp=1&recvWindow=60001")).toBe(
      "400 -1102 'recvWindow' contains unexpected value. Cannot be greater than 60000.",
    );
  });

  test("may be as old as its recvWindow, and at most a second in the future", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const after = async (milliseconds: number, query = "") => {
      await emulator.control.setClockOffset(milliseconds);
      const answer = await emulator.sendSigned(restrictions, key, { query });
      return answer.status === 200 ? "ok" : errorIn(answer);
    };
    const outside = "400 -1021 Timestamp for this request is outside of the recvWindow.";
    const ahead = "400 -1021 Timestamp for this request was 1000ms ahead of the server's time.";
    expect(await after(5000)).toBe("ok");
    expect(await after(5001)).toBe(outside);
    expect(await after(5001, "recvWindow=5001")).toBe("ok");
    expect(await after(-999)).toBe("ok");
    expect(await after(-1000)).toBe(ahead);
    expect(bodyOf(await emulator.send("/api/v3/time"))).toEqual({
      serverTime: emulator.clock.now().getTime() - 1000,
    });
  });

  test("needs the permission", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator, { permissions: ["reading"] });
    const order = { method: "POST", query: "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001" };
    expect(errorIn(await emulator.sendSigned("/api/v3/order/test", key, order))).toBe(rejected);
    await emulator.control.editKey("bot", { permissions: ["trading"] });
    expect(bodyOf(await emulator.sendSigned("/api/v3/order/test", key, order))).toEqual({});
    expect(errorIn(await emulator.sendSigned(account, key))).toBe(rejected);
  });
});

describe("the whitelist", () => {
  test("allows the addresses in it, and checks where a connection comes from", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator, { whitelist: ["127.0.0.2", "127.0.0.3"] });
    for (const path of [account, restrictions]) {
      const status = async (sent: Sent) => (await emulator.sendSigned(path, key, sent)).status;
      expect(await status({ from: "127.0.0.2" })).toBe(200);
      expect(await status({ from: "127.0.0.3" })).toBe(200);
      const headers = {
        "x-forwarded-for": "127.0.0.2",
        forwarded: "for=127.0.0.2",
        "x-real-ip": "127.0.0.2",
      };
      expect(await status({ from: "127.0.0.4", headers })).toBe(401);
      const refused = await emulator.sendSigned(path, key, { from: "127.0.0.4" });
      expect(errorIn(refused)).toMatch(/^401 -2015 .*, request ip: 127\.0\.0\.4$/);
    }
  });

  test("takes effect as soon as it is saved", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    const isRestricted = async () => bodyOf(await emulator.sendSigned(restrictions, key));
    expect(await isRestricted()).toMatchObject({ ipRestrict: false });
    await emulator.control.editKey("bot", { whitelist: ["127.0.0.1"] });
    expect(await isRestricted()).toMatchObject({ ipRestrict: true });
    await emulator.control.editKey("bot", { whitelist: ["203.0.113.1"] });
    expect(errorIn(await emulator.sendSigned(restrictions, key))).toBe(rejected);
  });
});

describe("parameters' names", () => {
  test.each([
    ["/api/v3/time", "a=1&b=2", "400 -1101 Too many parameters; expected '0' and received '2'."],
    ["/api/v3/exchangeInfo", "symbol=A&symbol=B", "400 -1101 Duplicate values for a parameter detected."],
    [
      "/api/v3/account",
      "x=1&timestamp=1",
      "400 -1104 Not all sent parameters were read; read '1' parameter(s) but was sent '2'.",
    ],
  ])("are checked on %s", async (path, query, refusal) => {
    const emulator = await startEmulator();
    expect(errorIn(await emulator.send(path, { query }))).toBe(refusal);
  });

  test("are not checked on /sapi", async () => {
    const emulator = await startEmulator();
    bodyOf(await emulator.sendSigned(restrictions, await makeKey(emulator), { query: "x=1" }));
  });
});

test("a request's age is checked by the documentation's formula", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  const ages = fc.integer({ min: -5000, max: 70_000 });
  const windows = fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined });
  fc.assert(
    fc.property(ages, windows, fc.boolean(), (age, window, isMicroseconds) => {
      const timestamp = now - age;
      const values = new Map([["timestamp", isMicroseconds ? `${timestamp}000` : String(timestamp)]]);
      if (window !== undefined) {
        values.set("recvWindow", String(window));
      }
      const isAccepted = timestamp < now + 1000 && now - timestamp <= (window ?? 5000);
      expect(outcome(values, new Date(now))).toBe(
        isAccepted ? "ok" : (age < 0 ? aheadOfServer() : outsideOfRecvWindow()).message,
      );
    }),
  );
});

function outcome(values: Map<string, string>, now: Date): string {
  try {
    checkTiming(values, now);
    return "ok";
  } catch (error) {
    if (error instanceof ErrorAnswer) {
      return error.message;
    }
    throw error;
  }
}
