import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { logOn, signed } from "../support/api-socket.ts";
import { bodyOf, makeKey } from "../support/emulator.ts";
import { startAndConnect } from "../support/socket-client.ts";

describe("orders through the WebSocket API", () => {
  test("show how many were placed, and weigh nothing", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const key = await makeKey(emulator);
    const params = signed(emulator, key, {
      ...{ symbol: "BTCUSDC", side: "BUY", type: "LIMIT", timeInForce: "GTC" },
      ...{ quantity: "0.001", price: "80000" },
    });
    expect(await socket.ask({ id: 1, method: "order.place", params })).toMatchObject({
      status: 200,
      result: { status: "NEW" },
      rateLimits: [
        { rateLimitType: "ORDERS", interval: "SECOND", intervalNum: 10, count: 1 },
        { rateLimitType: "ORDERS", interval: "DAY", intervalNum: 1, count: 1 },
        { rateLimitType: "REQUEST_WEIGHT", count: 2 },
      ],
    });
  });

  test.each([
    [true, "FILLED"],
    [false, undefined],
  ])("are answered with -1007 on command, and placed: %s", async (isPlaced, status) => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    const key = await logOn(emulator, socket);
    await emulator.control.answerNextOrderUnknown({ isPlaced, over: "WS" });
    const timestamp = emulator.clock.now().getTime();
    const params = { symbol: "BTCUSDC", side: "BUY", type: "MARKET", quantity: "0.001", timestamp };
    expect(await socket.ask({ id: 1, method: "order.place", params })).toMatchObject({
      id: 1,
      status: 503,
      error: { code: -1007 },
    });
    const query = "symbol=BTCUSDC";
    const orders = bodyOf(await emulator.sendSigned("/api/v3/allOrders", key, { query }));
    expect(orders).toMatchObject(status === undefined ? [] : [{ status }]);
  });

  test("are listed, tested, canceled and replaced", async () => {
    const { emulator, socket } = await startAndConnect("/ws-api/v3");
    await logOn(emulator, socket);
    const timestamp = emulator.clock.now().getTime();
    const order = {
      ...{ symbol: "BTCUSDC", side: "BUY", type: "LIMIT", timeInForce: "GTC" },
      ...{ quantity: 0.001, price: 80000, timestamp },
    };
    expect(await socket.ask({ id: 1, method: "order.test", params: order })).toMatchObject({ result: {} });
    expect(await socket.ask({ id: 2, method: "order.place", params: order })).toMatchObject({ status: 200 });
    const open = { id: 3, method: "openOrders.status", params: { symbol: "BTCUSDC", timestamp } };
    const [placed] = z
      .object({ result: z.tuple([z.object({ orderId: z.number() })]) })
      .parse(await socket.ask(open)).result;
    const replace = {
      ...order,
      cancelOrderId: placed.orderId,
      cancelReplaceMode: "STOP_ON_FAILURE",
      price: 81000,
    };
    expect(await socket.ask({ id: 4, method: "order.cancelReplace", params: replace })).toMatchObject({
      result: { cancelResult: "SUCCESS", newOrderResult: "SUCCESS" },
    });
    expect(await socket.ask({ id: 5, method: "order.cancelReplace", params: replace })).toMatchObject({
      status: 400,
      error: { code: -2022, data: { cancelResult: "FAILURE", newOrderResult: "NOT_ATTEMPTED" } },
    });
    const cancelAll = { id: 6, method: "openOrders.cancelAll", params: { symbol: "BTCUSDC", timestamp } };
    expect(await socket.ask(cancelAll)).toMatchObject({ result: [{ status: "CANCELED" }] });
    expect(
      await socket.ask({ id: 7, method: "allOrders", params: { symbol: "BTCUSDC", timestamp } }),
    ).toMatchObject({
      result: [{ status: "CANCELED" }, { status: "CANCELED" }],
    });
    expect(
      await socket.ask({ id: 8, method: "myTrades", params: { symbol: "BTCUSDC", timestamp } }),
    ).toMatchObject({
      result: [],
    });
    for (const method of ["account.commission", "account.rateLimits.orders", "openOrderLists.status"]) {
      const params = method === "account.commission" ? { symbol: "BTCUSDC", timestamp } : { timestamp };
      expect(await socket.ask({ id: 9, method, params })).toMatchObject({ status: 200 });
    }
    expect(emulator.reported).toEqual([]);
  });
});
