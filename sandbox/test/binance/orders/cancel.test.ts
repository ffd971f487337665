import { describe, expect, test } from "@jest/globals";
import { errorIn } from "../support/emulator.ts";
import { limit, oco, placed, trader } from "./support.ts";

describe("a cancel", () => {
  test("is named by the order's id or the client's", async () => {
    const { send, body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", `${limit}&newClientOrderId=mine`));
    const cancel = `symbol=BTCUSDC&orderId=${orderId}&newClientOrderId=cancel`;
    expect(
      errorIn(await send("DELETE", "/order", `${cancel}&cancelRestrictions=ONLY_PARTIALLY_FILLED`)),
    ).toBe("400 -2011 Order was not canceled due to cancel restrictions.");
    expect(await body("DELETE", "/order", cancel)).toMatchObject({
      ...{ origClientOrderId: "mine", orderId, clientOrderId: "cancel", status: "CANCELED" },
    });
    expect(errorIn(await send("DELETE", "/order", cancel))).toBe("400 -2011 Unknown order sent.");
    expect(errorIn(await send("GET", "/order", "symbol=BTCUSDC&orderId=1"))).toBe(
      "400 -2013 Order does not exist.",
    );
    expect(errorIn(await send("GET", "/order", "symbol=BTCUSDC"))).toBe(
      "400 -1102 Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!",
    );
  });

  test("of all orders also cancels lists", async () => {
    const { send, body } = await trader();
    await body("POST", "/order", limit);
    await body("POST", "/orderList/oco", oco);
    expect(await body("DELETE", "/openOrders", "symbol=BTCUSDC")).toMatchObject([
      { type: "LIMIT", status: "CANCELED" },
      {
        contingencyType: "OCO",
        listOrderStatus: "ALL_DONE",
        orderReports: [{ status: "CANCELED" }, { status: "CANCELED" }],
      },
    ]);
    expect(errorIn(await send("DELETE", "/openOrders", "symbol=BTCUSDC"))).toBe(
      "400 -2011 Unknown order sent.",
    );
  });
});

describe("cancelReplace", () => {
  const replace = (mode: string, id: number, query = limit) =>
    `${query}&cancelReplaceMode=${mode}&cancelOrderId=${id}`;

  test("replaces an order", async () => {
    const { body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", limit));
    expect(await body("POST", "/order/cancelReplace", replace("STOP_ON_FAILURE", orderId))).toMatchObject({
      cancelResult: "SUCCESS",
      newOrderResult: "SUCCESS",
      cancelResponse: { orderId, status: "CANCELED" },
      newOrderResponse: { orderId: orderId + 1, status: "NEW", fills: [] },
    });
  });

  const poor = limit.replace("quantity=0.001", "quantity=1");
  test.each([
    ["STOP_ON_FAILURE", 0, limit, 400, -2022, "FAILURE", "NOT_ATTEMPTED"],
    ["ALLOW_FAILURE", 0, limit, 409, -2021, "FAILURE", "SUCCESS"],
    ["ALLOW_FAILURE", 0, poor, 400, -2022, "FAILURE", "FAILURE"],
    ["STOP_ON_FAILURE", 1, poor, 409, -2021, "SUCCESS", "FAILURE"],
  ])(
    "says which part failed: %s, %s, %s",
    async (mode, isOpen, query, status, code, cancelResult, newOrderResult) => {
      const { send, body } = await trader();
      const { orderId } = placed.parse(await body("POST", "/order", limit));
      const answer = await send("POST", "/order/cancelReplace", replace(mode, isOpen * orderId, query));
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text)).toMatchObject({ code, data: { cancelResult, newOrderResult } });
    },
  );

  test("cancels nothing if the new order fails a filter", async () => {
    const { send, body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", limit));
    const wrong = replace("ALLOW_FAILURE", orderId, limit.replace("80000", "80000.001"));
    expect(errorIn(await send("POST", "/order/cancelReplace", wrong))).toBe(
      "400 -1013 Filter failure: PRICE_FILTER",
    );
    expect(await body("GET", "/openOrders")).toMatchObject([{ orderId }]);
  });
});

describe("an amendment", () => {
  test("reduces the quantity, and is listed", async () => {
    const { body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", `${limit}&newClientOrderId=mine`));
    const query = `symbol=BTCUSDC&orderId=${orderId}&newQty=0.0005&newClientOrderId=less`;
    expect(await body("PUT", "/order/amend/keepPriority", query)).toMatchObject({
      amendedOrder: { orderId, origClientOrderId: "mine", clientOrderId: "less", qty: "0.00050000" },
    });
    expect(await body("GET", "/order/amendments", `symbol=BTCUSDC&orderId=${orderId}`)).toMatchObject([
      { origQty: "0.00100000", newQty: "0.00050000", newClientOrderId: "less" },
    ]);
  });

  test.each([
    ["newQty=0.002", "-2038 Order amend (quantity increase) is not supported."],
    ["newQty=0.001", "-2038 The requested action would change no state; rejecting."],
    ["newQty=0.0009999", "-1013 Filter failure: LOT_SIZE"],
    ["newQty=0.00001", "-1013 Filter failure: NOTIONAL"],
    ["newQty=0.0005&newClientOrderId=other", "-2010 Duplicate order sent."],
  ])("that doesn't fit changes nothing: %s", async (query, refusal) => {
    const { send, body } = await trader();
    await body("POST", "/order", `${limit}&newClientOrderId=other`);
    await body("POST", "/order", `${limit}&newClientOrderId=mine`);
    const amend = `symbol=BTCUSDC&origClientOrderId=mine&${query}`;
    expect(errorIn(await send("PUT", "/order/amend/keepPriority", amend))).toBe(`400 ${refusal}`);
    expect(await body("GET", "/order", "symbol=BTCUSDC&origClientOrderId=mine")).toMatchObject({
      origQty: "0.00100000",
    });
  });

  test.each(["0.0004", "0.0003"])("to no more than what is filled is refused: %s", async (newQty) => {
    const { emulator, send, body } = await trader();
    const { orderId } = placed.parse(await body("POST", "/order", limit));
    await emulator.control.fillOrder(orderId, { quantity: "0.0004" });
    const query = `symbol=BTCUSDC&orderId=${orderId}&newQty=${newQty}`;
    expect(errorIn(await send("PUT", "/order/amend/keepPriority", query))).toBe(
      "400 -1013 Filter failure: LOT_SIZE",
    );
  });

  test("of an order that isn't open is refused", async () => {
    const { send } = await trader();
    expect(
      errorIn(await send("PUT", "/order/amend/keepPriority", "symbol=BTCUSDC&orderId=1&newQty=0.0005")),
    ).toBe("400 -2038 Unknown order sent.");
  });

  test("makes the visible part of an iceberg order smaller if less is left", async () => {
    const { body } = await trader();
    await body("POST", "/order", `${limit}&icebergQty=0.0008&newClientOrderId=mine`);
    await body(
      "PUT",
      "/order/amend/keepPriority",
      "symbol=BTCUSDC&origClientOrderId=mine&newClientOrderId=mine&newQty=0.0005",
    );
    expect(await body("GET", "/order", "symbol=BTCUSDC&origClientOrderId=mine")).toMatchObject({
      ...{ origQty: "0.00050000", icebergQty: "0.00050000" },
    });
  });
});
