import { describe, expect, test } from "@jest/globals";
import { startAndConnect } from "../support/socket-client.ts";

describe("a connection to the streams", () => {
  test("subscribes, lists and unsubscribes", async () => {
    const { emulator, socket } = await startAndConnect("/ws");
    const params = ["btcusdt@trade", "ethusdc@depth@100ms"];
    expect(await socket.ask({ method: "SUBSCRIBE", params, id: 1 })).toEqual({ result: null, id: 1 });
    expect(await socket.ask({ method: "LIST_SUBSCRIPTIONS", id: "two" })).toEqual({
      result: params,
      id: "two",
    });
    emulator.clock.advance(100);
    expect(await socket.next()).toMatchObject({ e: "trade", s: "BTCUSDT" });
    expect(await socket.next()).toMatchObject({ e: "depthUpdate", s: "ETHUSDC" });
    expect(
      await socket.ask({ method: "UNSUBSCRIBE", params: ["btcusdt@trade", "bnbbtc@trade"], id: null }),
    ).toEqual({
      result: null,
      id: null,
    });
    emulator.clock.advance(100);
    expect(await socket.next()).toMatchObject({ e: "depthUpdate", s: "ETHUSDC" });
    expect(socket.unread).toBe(0);
  });

  test.each([
    ["/ws", false],
    ["/stream", true],
  ])("at %s has the property combined %s, which can be changed", async (path, isCombined) => {
    const { emulator, socket } = await startAndConnect(path);
    const get = { method: "GET_PROPERTY", params: ["combined"], id: 1 };
    expect(await socket.ask(get)).toEqual({ result: isCombined, id: 1 });
    const set = { method: "SET_PROPERTY", params: ["combined", true], id: 2 };
    expect(await socket.ask(set)).toEqual({ result: null, id: 2 });
    await socket.ask({ method: "SUBSCRIBE", params: ["btcusdt@trade"], id: 3 });
    emulator.clock.advance(100);
    expect(await socket.next()).toMatchObject({ stream: "btcusdt@trade", data: { e: "trade" } });
  });

  test("starts with the streams in its path", async () => {
    const { emulator, socket } = await startAndConnect("/ws/btcusdt@trade/ethusdt@trade/7");
    emulator.clock.advance(100);
    expect(await socket.next()).toMatchObject({ e: "trade", s: "BTCUSDT" });
    expect(await socket.next()).toMatchObject({ e: "trade", s: "ETHUSDT" });
    expect(emulator.reported).toEqual([]);
  });

  test("reports streams that don't exist", async () => {
    const { emulator, socket } = await startAndConnect("/stream?streams=btcusdt@nothing/!ticker@arr");
    expect(emulator.reported).toEqual([
      "not emulated: the stream btcusdt@nothing",
      "not emulated: the stream !ticker@arr",
    ]);
    expect(await socket.ask({ method: "LIST_SUBSCRIPTIONS", id: 1 })).toEqual({ result: [], id: 1 });
  });

  test("ends with more than 1024 streams", async () => {
    const { socket } = await startAndConnect("/ws");
    const closed = socket.closed();
    const names = Array.from({ length: 1025 }, (_, index) => `coin${index}@trade`);
    expect(await socket.ask({ method: "SUBSCRIBE", params: names.slice(1), id: 1 })).toEqual({
      result: null,
      id: 1,
    });
    socket.send({ method: "SUBSCRIBE", params: names, id: 2 });
    expect(await closed).toBe("1008 Too many streams");
  });

  test.each([
    [
      { method: "GET_PROPERTY", params: ["other"], id: 1 },
      { code: 0, msg: "Unknown property" },
    ],
    [
      { method: "SET_PROPERTY", params: ["combined", 1], id: 1 },
      { code: 1, msg: "Invalid value type: expected Boolean" },
    ],
    [
      { method: "SET_PROPERTY", params: [1], id: 1 },
      { code: 2, msg: "Invalid request: property name must be a string" },
    ],
    [
      { method: "GET_PROPERTY", params: ["combined", true], id: 1 },
      { code: 2, msg: "Invalid request: too many parameters" },
    ],
    [
      { method: "SUBSCRIBE", params: ["btcusdt@trade"], id: 1, symbol: "BTCUSDT" },
      { code: 2, msg: "Invalid request: too many parameters" },
    ],
    [
      { method: "LIST_SUBSCRIPTIONS", id: 1, apiKey: "unneeded" },
      { code: 2, msg: "Invalid request: too many parameters" },
    ],
    [
      { method: "SUBSCRIBE", params: ["nothing"], id: 1 },
      { code: 2, msg: "Invalid request: invalid stream" },
    ],
  ])("refuses %j", async (message, error) => {
    const { socket } = await startAndConnect("/ws");
    expect(await socket.ask(message)).toEqual({ error, id: 1 });
  });

  test.each([
    [
      '{"method":"SUBSCRIBE","params":["btcusdt@trade"]}',
      "Invalid request: request ID must be an unsigned integer",
    ],
    ['{"method":"LIST_SUBSCRIPTIONS","id":1.5}', "Invalid request: request ID must be an unsigned integer"],
    ['{"params":["btcusdt@trade"]}', "Invalid request: missing field `method` at line 1 column 28"],
    [
      '{"method":"SUBSCRIB","id":1}',
      "Invalid request: unknown variant `SUBSCRIB`, expected one of `SUBSCRIBE`, `UNSUBSCRIBE`, `LIST_SUBSCRIPTIONS`, `SET_PROPERTY`, `GET_PROPERTY` at line 1 column 20",
    ],
    ["[object Object]", "Invalid JSON: expected value at line 1 column 1"],
  ])("refuses %s", async (message, text) => {
    const { socket } = await startAndConnect("/ws");
    expect(await socket.ask(message)).toMatchObject({ error: { msg: text } });
  });
});
