import { once } from "node:events";
import { IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { bodyOf, errorIn, makeKey, startEmulator } from "./support/emulator.ts";

describe("the control API", () => {
  test("shows every request with its source, and never its signature or key", async () => {
    const emulator = await startEmulator();
    const key = await makeKey(emulator);
    await emulator.send("/api/v3/time", { from: "127.0.0.2" });
    await emulator.sendSigned("/sapi/v1/account/status", key, { from: "127.0.0.3" });
    const timestamp = emulator.clock.now().getTime();
    const requests = await emulator.control.requests();
    expect(requests).toEqual([
      { method: "GET", path: "/api/v3/time", source: "127.0.0.2", status: 200 },
      {
        method: "GET",
        path: `/sapi/v1/account/status?timestamp=${timestamp}&signature=[redacted]`,
        source: "127.0.0.3",
        status: 200,
      },
    ]);
    expect(JSON.stringify([requests, await emulator.control.keys()])).not.toContain(key.apiSecret);
    await emulator.control.clearRequests();
    expect(await emulator.control.requests()).toEqual([]);
  });

  test("isn't part of the API", async () => {
    const emulator = await startEmulator();
    for (const path of ["/keys", "/requests"]) {
      expect((await emulator.send(path)).status).toBe(404);
    }
  });

  test("manages the keys", async () => {
    const emulator = await startEmulator();
    const { control } = emulator;
    const created = await makeKey(emulator, { whitelist: ["203.0.113.5"] });
    const listed = {
      id: 1,
      label: "bot",
      type: "hmac",
      apiKey: created.apiKey,
      created: "2026-11-23T12:00:00.000Z",
      permissions: ["reading", "trading"],
      whitelist: ["203.0.113.5"],
      symbols: [],
    };
    expect(await control.keys()).toEqual([listed]);
    expect(await control.editKey("1", { label: "two args/" })).toEqual({ ...listed, label: "two args/" });
    await control.deleteKey("two args/");
    expect(await control.keys()).toEqual([]);
    await expect(control.deleteKey("1")).rejects.toThrow('there is no key "1"');
    await expect(control.createKey({ label: "" })).rejects.toThrow("a key needs a label");
    await expect(control.setTrading("NOPE", false)).rejects.toThrow('there is no symbol "NOPE"');
    await expect(control.editAccount({ balances: { BTC: { free: "1e3" } } })).rejects.toThrow('"1e3"');
  });

  test("makes requests fail as often as ordered", async () => {
    const { control, send } = await startEmulator();
    const effect = { kind: "error", status: 503, code: -1001, message: "Internal error" } as const;
    await control.inject({ path: "^/api/v3/time", times: 2, effect });
    bodyOf(await send("/api/v3/ping"));
    expect(errorIn(await send("/api/v3/time"))).toBe("503 -1001 Internal error");
    expect(errorIn(await send("/api/v3/time"))).toBe("503 -1001 Internal error");
    bodyOf(await send("/api/v3/time"));
    await control.inject({ effect });
    await control.clearFaults();
    bodyOf(await send("/api/v3/time"));
  });

  test("gives errors headers", async () => {
    const { control, send } = await startEmulator();
    const headers = { "retry-after": "7" };
    await control.inject({
      effect: { kind: "error", status: 429, code: -1003, message: "Too many requests queued.", headers },
    });
    expect((await send("/api/v3/time")).headers).toMatchObject(headers);
  });

  test("makes something other than an answer happen", async () => {
    const { control, send, url } = await startEmulator();
    await control.inject({ effect: { kind: "garbage", status: 502, body: "<html>" } });
    expect(await send("/api/v3/time")).toMatchObject({ status: 502, text: "<html>" });
    for (const kind of ["reset", "lose-answer"] as const) {
      await control.inject({ effect: { kind } });
      await expect(send("/api/v3/time")).rejects.toThrow(/ECONNRESET|hang up/);
    }
    await control.clearRequests();
    await control.inject({ effect: { kind: "hang" } });
    const aborter = new AbortController();
    const hanging = fetch(`${url}/api/v3/time`, { signal: aborter.signal });
    while ((await control.requests()).length === 0) {
      // Requests until then.
    }
    aborter.abort();
    await expect(hanging).rejects.toThrow("abort");
    expect(await control.requests()).toMatchObject([{ status: null }]);
  });

  test("makes answers slow", async () => {
    const { control, send, clock } = await startEmulator();
    await control.inject({ effect: { kind: "slow", milliseconds: 3000 } });
    const slow = send("/api/v3/time");
    while ((await control.requests()).length === 0) {
      // Requests until then.
    }
    expect(await control.requests()).toMatchObject([{ status: null }]);
    clock.advance(3000);
    expect(bodyOf(await slow)).toEqual({ serverTime: clock.now().getTime() });
  });

  test.each([
    ["POST", "/keys", [], "Invalid input: expected object, received array"],
    ["PATCH", "/account", { isReduced: true }, 'Unrecognized key: "isReduced"'],
    ["PATCH", "/service", { delay: -1 }, '"delay" isn\'t valid: Too small: expected number to be >=0'],
    [
      "PUT",
      "/prices/BTCUSDC",
      { kind: "move", price: "abc" },
      '"price" isn\'t valid: must be a decimal number with at most eight places',
    ],
  ])("says in a sentence what is wrong with a request: %s %s", async (method, path, body, sentence) => {
    const { folder } = await startEmulator();
    const answer = await callSocket(join(folder, "binance.sock"), method, path, body);
    expect(answer).toEqual({ status: 400, body: { invalid: sentence } });
  });

  test("refuses what can't be, such as an unknown asset", async () => {
    const emulator = await startEmulator();
    const { control } = emulator;
    const query = "symbol=BTCUSDC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=80000";
    const sent = await emulator.sendSigned("/api/v3/order", await makeKey(emulator), {
      method: "POST",
      query,
    });
    const { orderId } = z.object({ orderId: z.number() }).parse(bodyOf(sent));
    await expect(control.fillOrder(orderId, { quantity: "0.00000001" })).rejects.toThrow(
      "multiple of 0.00001",
    );
    await expect(control.transfer({ kind: "deposit", asset: "NOPE", amount: "1" })).rejects.toThrow(
      'there is no asset "NOPE"',
    );
    await expect(control.editService({ delay: -1 })).rejects.toThrow(/^"delay" isn't valid/);
  });
});

async function callSocket(socketPath: string, method: string, path: string, body: object) {
  const sent = request({ socketPath, method, path, headers: { "content-type": "application/json" } });
  sent.end(JSON.stringify(body));
  const [response] = z.tuple([z.instanceof(IncomingMessage)]).parse(await once(sent, "response"));
  const answer: unknown = JSON.parse(await text(response));
  return { status: response.statusCode, body: answer };
}
