import { describe, expect, test } from "@jest/globals";
import { startEmulator } from "../support/emulator.ts";
import { connect, startAndConnect } from "../support/socket-client.ts";

const hour = 3_600_000;

describe("pings", () => {
  test("come every 20 s, and a client that answers stays connected", async () => {
    const { emulator, socket } = await startAndConnect("/ws");
    for (const count of [1, 2, 3, 4, 5, 6]) {
      emulator.clock.advance(20_000);
      await socket.pinged(count);
    }
    expect(socket.pings[0]).toBe(String(Date.parse("2026-11-23T12:00:20Z")));
    expect(await socket.ask({ method: "LIST_SUBSCRIPTIONS", id: 1 })).toEqual({ result: [], id: 1 });
  });

  test.each(["/ws", "/ws-api/v3"])(
    "that aren't answered in a minute end the connection: %s",
    async (path) => {
      const emulator = await startEmulator();
      const socket = await connect(emulator, path, { autoPong: false });
      const closed = socket.closed();
      for (const count of [1, 2, 3]) {
        emulator.clock.advance(20_000);
        await socket.pinged(count);
        // A pong that no ping has requested doesn't count.
        socket.pong("unrequested");
      }
      emulator.clock.advance(20_000);
      expect(await closed).toBe("1008 Pong timeout");
    },
  );

  test("may be answered late", async () => {
    const emulator = await startEmulator();
    const socket = await connect(emulator, "/ws", { autoPong: false });
    for (const count of [1, 2, 3]) {
      emulator.clock.advance(20_000);
      await socket.pinged(count);
    }
    socket.pong(socket.pings[1] ?? "");
    expect(await socket.ask({ method: "GET_PROPERTY", params: ["combined"], id: 1 })).toMatchObject({
      id: 1,
    });
    emulator.clock.advance(20_000);
    await socket.pinged(4);
    expect(await socket.ask({ method: "GET_PROPERTY", params: ["combined"], id: 2 })).toMatchObject({
      id: 2,
    });
  });

  test("of a client are answered", async () => {
    const { socket } = await startAndConnect("/ws-api/v3");
    const answered = socket.ponged();
    socket.ping("some text");
    expect(await answered).toBe("some text");
  });
});

describe("the end after 24 hours", () => {
  test.each([
    ["/ws", { e: "serverShutdown", E: expect.any(Number) }],
    ["/stream", { stream: "!serverShutdown", data: { e: "serverShutdown", E: expect.any(Number) } }],
    ["/ws-api/v3", { event: { e: "serverShutdown", E: expect.any(Number) } }],
  ])("is announced 10 minutes before: %s", async (path, event) => {
    const { emulator, socket } = await startAndConnect(path);
    const closed = socket.closed();
    emulator.clock.advance(24 * hour - 10 * 60_000);
    expect(await socket.next()).toEqual(event);
    await socket.pinged(1);
    emulator.clock.advance(10 * 60_000);
    expect(await closed).toBe("1001");
    expect(await emulator.control.sockets()).toEqual([]);
  });
});

describe("messages", () => {
  test("to the streams are limited to 5 a second, with pings and pongs", async () => {
    const { emulator, socket } = await startAndConnect("/ws");
    const list = (id: number) => ({ method: "LIST_SUBSCRIPTIONS", id });
    for (const id of [1, 2, 3, 4, 5]) {
      expect(await socket.ask(list(id))).toMatchObject({ id });
    }
    emulator.clock.advance(1000);
    for (const id of [1, 2, 3]) {
      expect(await socket.ask(list(id))).toMatchObject({ id });
    }
    const closed = socket.closed();
    socket.ping();
    socket.pong("");
    socket.send(list(6));
    expect(await closed).toBe("1008 Too many requests");
  });

  test("to the WebSocket API are limited by weight only", async () => {
    const { socket } = await startAndConnect("/ws-api/v3");
    for (const id of [1, 2, 3, 4, 5, 6, 7, 8]) {
      expect(await socket.ask({ id, method: "ping" })).toMatchObject({ id, status: 200 });
    }
  });
});

describe("a client that doesn't read", () => {
  test("is disconnected before much waits for it", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const closed = socket.closed();
    socket.pause();
    // An answer has the request's id, so each of these is a megabyte. Some fit into the buffers of the kernel.
    const id = "x".repeat(1_000_000);
    const most = 60;
    for (let count = 0; count < most; count += 1) {
      socket.send({ id, method: "ping" });
    }
    const { control } = emulator;
    while ((await control.sockets()).length > 0 && (await control.requests()).length <= most) {
      // Until the emulator has disconnected it, or has answered everything.
    }
    expect(await control.sockets()).toEqual([]);
    socket.resume();
    expect(await closed).toBe("1006");
  });

  test("isn't disconnected if it reads later", async () => {
    const { socket } = await startAndConnect("/ws-api/v3");
    socket.pause();
    const id = "x".repeat(1_000_000);
    for (let count = 0; count < 8; count += 1) {
      socket.send({ id, method: "ping" });
    }
    socket.resume();
    for (let count = 0; count < 8; count += 1) {
      expect(await socket.next()).toMatchObject({ id, status: 200 });
    }
  });
});

describe("control", () => {
  test("lists the open WebSockets", async () => {
    const { emulator, socket } = await startAndConnect("/stream?streams=btcusdt@trade/btcusdt@depth");
    const listed = {
      kind: "streams",
      source: "127.0.0.1",
      url: expect.stringContaining("/stream?streams=btcusdt@trade/btcusdt@depth"),
      opened: "2026-11-23T12:00:00.000Z",
      streams: ["btcusdt@trade", "btcusdt@depth"],
      apiKey: null,
      isSilent: false,
    };
    expect(await emulator.control.sockets()).toEqual([listed]);
    const other = await connect(emulator, "/ws-api/v3", { localAddress: "127.0.0.2" });
    expect(await emulator.control.sockets()).toEqual([
      listed,
      expect.objectContaining({ kind: "api", source: "127.0.0.2" }),
    ]);
    socket.terminate();
    other.terminate();
    while ((await emulator.control.sockets()).length > 0) {
      // Until both are gone.
    }
  });

  test("cuts WebSockets, and a client can connect again", async () => {
    const { emulator, socket } = await startAndConnect("/ws");
    const api = await connect(emulator, "/ws-api/v3");
    const closed = socket.closed();
    expect(await emulator.control.changeSockets({ kind: "cut", only: "streams" })).toHaveLength(1);
    expect(await closed).toBe("1006");
    expect(await api.ask({ id: 1, method: "ping" })).toMatchObject({ id: 1 });
    await connect(emulator, "/ws");
  });

  test("silences WebSockets: no pings, no data, no answers", async () => {
    const { emulator, socket } = await startAndConnect("/ws/btcusdt@trade");
    await emulator.control.changeSockets({ kind: "silence", source: "127.0.0.1" });
    const other = await connect(emulator, "/ws/btcusdt@trade");
    socket.send({ method: "LIST_SUBSCRIPTIONS", id: 1 });
    for (const count of [1, 2, 3, 4, 5]) {
      emulator.clock.advance(20_000);
      await other.pinged(count);
    }
    expect(other.unread).toBeGreaterThan(0);
    expect(socket.unread).toBe(0);
    expect(socket.pings).toEqual([]);
    expect(await emulator.control.sockets()).toMatchObject([{ isSilent: true }, { isSilent: false }]);
  });

  test("announces a shutdown, and ends the WebSockets after the time", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const closed = socket.closed();
    await emulator.control.changeSockets({ kind: "shut-down", seconds: 30 });
    expect(await socket.next()).toEqual({
      event: { e: "serverShutdown", E: emulator.clock.now().getTime() },
    });
    expect(await socket.ask({ id: 1, method: "ping" })).toMatchObject({ id: 1 });
    emulator.clock.advance(30_000);
    expect(await closed).toBe("1001");
  });
});
