import { describe, expect, test } from "@jest/globals";
import { endpointOf } from "../../../binance/sockets/endpoint.ts";
import { startEmulator } from "../support/emulator.ts";
import { connect, refusal } from "../support/socket-client.ts";

describe("a WebSocket", () => {
  test.each(["/ws-api/v3", "/ws-api/v3?returnRateLimits=false", "/ws", "/ws/btcusdt@trade", "/stream"])(
    "is opened at %s",
    async (path) => {
      const emulator = await startEmulator();
      await connect(emulator, path);
      expect(await emulator.control.requests()).toEqual([
        { method: "GET", path, source: "127.0.0.1", status: 101 },
      ]);
      expect(emulator.reported).toEqual([]);
    },
  );

  test.each([
    ["ws-api.binance.com", "/ws-api/v3", "open"],
    ["ws-api.binance.com:9443", "/ws-api/v3", "open"],
    ["ws-api.binance.com", "/ws", "404"],
    ["stream.binance.com:9443", "/ws", "open"],
    ["data-stream.binance.vision", "/stream", "open"],
    ["stream.binance.com", "/ws-api/v3", "404"],
    ["api.binance.com", "/ws", "404"],
  ])("of %s at %s: %s", async (host, path, expected) => {
    const emulator = await startEmulator();
    expect(await refusal(emulator, path, { headers: { host } })).toMatch(new RegExp(`^${expected}`));
  });

  test("isn't opened at an unknown path, which is reported", async () => {
    const emulator = await startEmulator();
    expect(await refusal(emulator, "/nothing?signature=abc")).toMatch(/^404 <html>/);
    expect(emulator.reported.join()).toMatch(
      /^not emulated: a WebSocket at .*\/nothing\?signature=\[redacted\]$/,
    );
  });

  test("isn't opened with an unknown unit of time", async () => {
    const emulator = await startEmulator();
    expect(await refusal(emulator, "/ws?timeUnit=DAY")).toBe(
      '400 {"code":-1194,"msg":"Invalid value for time unit; expected either MICROSECOND or MILLISECOND."}',
    );
  });

  test("isn't opened from an address that is banned, blocked or restricted", async () => {
    const emulator = await startEmulator();
    const { control } = emulator;
    await control.changeAccess("127.0.0.1", { kind: "ban", seconds: 60 });
    expect(await refusal(emulator, "/ws")).toMatch(/^418 {"code":-1003/);
    await control.changeAccess("127.0.0.1", { kind: "block" });
    expect(await refusal(emulator, "/ws")).toMatch(/^403 <html>/);
    await control.changeAccess("127.0.0.1", { kind: "pardon" });
    await control.changeAccess("127.0.0.1", { kind: "restrict" });
    expect(await refusal(emulator, "/ws")).toMatch(/^451 /);
  });

  test("isn't opened during a maintenance, in which requests of open ones are refused", async () => {
    const emulator = await startEmulator();
    const socket = await connect(emulator, "/ws-api/v3");
    await emulator.control.editService({ isInMaintenance: true });
    expect(await refusal(emulator, "/ws")).toMatch(/^503 /);
    expect(await socket.ask({ id: 1, method: "ping" })).toMatchObject({ id: 1, status: 503 });
    await emulator.control.editService({ isInMaintenance: false });
    expect(await socket.ask({ id: 2, method: "ping" })).toMatchObject({ id: 2, status: 200 });
  });

  test("is opened at most 300 times in 5 minutes from an address", async () => {
    const emulator = await startEmulator();
    for (let count = 0; count < 300; count += 1) {
      expect(await refusal(emulator, "/ws")).toBe("open");
    }
    const refused =
      '429 {"code":-1034,"msg":"Too many connection attempts from IP; current limit is 300 per \'5 MINUTES\'."}';
    expect(await refusal(emulator, "/ws")).toBe(refused);
    expect(await refusal(emulator, "/ws", { localAddress: "127.0.0.2" })).toBe("open");
    emulator.clock.advance(5 * 60_000);
    expect(await refusal(emulator, "/ws")).toBe("open");
  });

  test("of the WebSocket API weighs 2", async () => {
    const emulator = await startEmulator();
    await connect(emulator, "/ws-api/v3");
    await connect(emulator, "/ws");
    expect((await emulator.send("/api/v3/ping")).headers["x-mbx-used-weight-1m"]).toBe("3");
  });

  test("is hit by faults", async () => {
    const emulator = await startEmulator();
    const { control } = emulator;
    const effect = { kind: "error", status: 503, code: -1001, message: "Internal error" } as const;
    await control.inject({ path: "^/ws", effect });
    expect(await refusal(emulator, "/ws")).toBe('503 {"code":-1001,"msg":"Internal error"}');
    await control.inject({ path: "^/ws", effect: { kind: "reset" } });
    await expect(connect(emulator, "/ws")).rejects.toThrow(/ECONNRESET|hang up/);
    await connect(emulator, "/ws");
  });
});

describe("the path of a WebSocket", () => {
  test("may have a time zone with a plus sign, which is not a space", () => {
    const names = ["btcusdt@kline_1d@+08:00"];
    for (const path of ["/stream?streams=", "/ws/"]) {
      expect(endpointOf("127.0.0.1", `${path}btcusdt@kline_1d@+08:00`)).toMatchObject({ names });
      expect(endpointOf("127.0.0.1", `${path}btcusdt%40kline_1d%40%2B08%3A00`)).toMatchObject({ names });
    }
  });

  test.each(["/ws/%E0%A4%A", "//", "/ws%"])("isn't served if it can't be read: %s", (path) => {
    expect(endpointOf("127.0.0.1", path)).toBeUndefined();
  });
});
