import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { bodyOf, errorIn } from "../support/emulator.ts";
import { oco, placed, trader } from "./support.ts";

const placedList = z.looseObject({ orderListId: z.number(), orders: z.array(placed) });

describe("an OCO", () => {
  test.each([
    ["/orderList/oco", oco],
    ["/order/oco", "symbol=BTCUSDC&side=SELL&quantity=0.001&price=95000&stopPrice=85000"],
  ])("is placed, queried and canceled: %s", async (path, query) => {
    const { send, body } = await trader();
    const answer = await body("POST", path, `${query}&listClientOrderId=list`);
    expect(answer).toMatchObject({
      ...{ contingencyType: "OCO", listStatusType: "EXEC_STARTED", listOrderStatus: "EXECUTING" },
      orderReports: [
        { type: "STOP_LOSS", stopPrice: "85000.00000000", workingTime: -1, status: "NEW" },
        { type: "LIMIT_MAKER", price: "95000.00000000", status: "NEW" },
      ],
    });
    const { orderListId, orders } = placedList.parse(answer);
    const list = { orderListId, listClientOrderId: "list", orders };
    expect(await body("GET", "/openOrderList")).toMatchObject([list]);
    expect(await body("GET", "/orderList", "origClientOrderId=list")).toMatchObject(list);
    expect(await body("GET", "/openOrders", "symbol=BTCUSDC")).toMatchObject([
      { orderListId },
      { orderListId },
    ]);
    expect(await body("DELETE", "/orderList", `symbol=BTCUSDC&orderListId=${orderListId}`)).toMatchObject({
      listOrderStatus: "ALL_DONE",
      orderReports: [{ status: "CANCELED" }, { status: "CANCELED" }],
    });
    expect(await body("GET", "/openOrderList")).toEqual([]);
    expect(await body("GET", "/allOrderList")).toMatchObject([{ orderListId, listOrderStatus: "ALL_DONE" }]);
    expect(errorIn(await send("DELETE", "/orderList", `symbol=BTCUSDC&orderListId=${orderListId}`))).toMatch(
      /-2011/,
    );
  });

  test("is refused if its prices don't fit", async () => {
    const { send } = await trader();
    expect(errorIn(await send("POST", "/orderList/oco", oco.replace("85000", "94999")))).toBe(
      "400 -2010 The relationship of the prices for the orders is not correct.",
    );
  });

  test.each([
    [oco.replace("LIMIT_MAKER", "LIMIT") + "&aboveTimeInForce=GTC", "-1158 Order type not supported in OCO."],
    [
      oco.replace("&abovePrice=95000", ""),
      "-1102 Mandatory parameter 'abovePrice' was not sent, was empty/null, or malformed.",
    ],
    [
      oco.replace("&belowStopPrice=85000", ""),
      "-1102 Param 'belowStopPrice' or 'belowTrailingDelta' must be sent, but both were empty/null!",
    ],
    [`${oco}&belowPrice=85000`, "-1106 Parameter 'belowPrice' sent when not required."],
    [
      `${oco.replace("STOP_LOSS", "STOP_LOSS_LIMIT")}&belowPrice=84000&belowTimeInForce=IOC&belowIcebergQty=0.0005`,
      "-1160 Parameter 'belowIcebergQty' is not supported if 'belowTimeInForce' is not GTC.",
    ],
  ])("is refused with the names of its parameters: %s", async (query, refusal) => {
    const { send } = await trader();
    expect(errorIn(await send("POST", "/orderList/oco", query))).toBe(`400 ${refusal}`);
  });
});

const working =
  "symbol=BTCUSDC&workingType=LIMIT&workingSide=BUY&workingTimeInForce=GTC&workingPrice=80000&workingQuantity=0.001";
const single = "pendingType=LIMIT&pendingSide=SELL&pendingTimeInForce=GTC&pendingPrice=99000";
const pair =
  "pendingSide=SELL&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=99000&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=70000";

describe("an order that places others", () => {
  test.each([
    ["", ""],
    ["", "&workingStopPrice=81000"],
    ["", "&workingTrailingDelta=100"],
    ["&workingTimeInForce=GTC&workingPrice=80000", ""],
  ])("isn't a stop order, whatever else is sent: %s%s", async (removed, added) => {
    const { send } = await trader();
    const query = `${working.replace(removed, "").replace("=LIMIT", "=STOP_LOSS_LIMIT")}${added}`;
    expect(errorIn(await send("POST", "/orderList/oto", `${query}&${single}&pendingQuantity=0.0005`))).toBe(
      "400 -1116 Invalid orderType.",
    );
  });

  test.each([
    [
      "/orderList/oto",
      `${working}&${single}&pendingQuantity=0.0005`,
      [{ type: "LIMIT", origQty: "0.00050000" }],
    ],
    [
      "/orderList/otoco",
      `${working}&${pair}&pendingQuantity=0.0005`,
      [
        { type: "STOP_LOSS", stopPrice: "70000.00000000", origQty: "0.00050000" },
        { type: "LIMIT_MAKER", price: "99000.00000000", origQty: "0.00050000" },
      ],
    ],
    ["/orderList/opo", `${working}&${single}`, [{ type: "LIMIT" }]],
    ["/orderList/opoco", `${working}&${pair}`, [{ type: "STOP_LOSS" }, { type: "LIMIT_MAKER" }]],
  ])("is placed, filled, queried and canceled: %s", async (path, query, pending) => {
    const { emulator, send, body } = await trader();
    const sent = await send("POST", path, query);
    expect(sent.headers).toMatchObject({ "x-mbx-order-count-10s": String(1 + pending.length) });
    const answer = bodyOf(sent);
    expect(answer).toMatchObject({
      ...{ contingencyType: "OTO", listStatusType: "EXEC_STARTED", listOrderStatus: "EXECUTING" },
      orderReports: [
        { type: "LIMIT", side: "BUY", status: "NEW", workingTime: expect.any(Number) },
        ...pending.map((order) => ({ ...order, side: "SELL", status: "PENDING_NEW", workingTime: -1 })),
      ],
    });
    const { orderListId, orders } = placedList.parse(answer);
    const [first] = orders;
    const list = { orderListId, contingencyType: "OTO", orders };
    expect(await body("GET", "/orderList", `orderListId=${orderListId}`)).toMatchObject(list);
    expect(await body("GET", "/openOrders")).toMatchObject([
      { status: "NEW", isWorking: true },
      ...pending.map(() => ({ status: "PENDING_NEW", isWorking: false, orderListId })),
    ]);
    await expect(emulator.control.fillOrder(Number(orders[1]?.orderId))).rejects.toThrow(
      "waits until the working order of its list is filled",
    );
    await emulator.control.fillOrder(Number(first?.orderId));
    expect(await body("GET", "/openOrders")).toMatchObject(pending.map(() => ({ status: "NEW" })));
    expect(await body("GET", "/openOrderList")).toMatchObject([list]);
    expect(await body("DELETE", "/orderList", `symbol=BTCUSDC&orderListId=${orderListId}`)).toMatchObject({
      listOrderStatus: "ALL_DONE",
      orderReports: pending.map(() => ({ status: "CANCELED" })),
    });
    expect(await body("GET", "/openOrderList")).toEqual([]);
  });

  test("that sells what it has bought shows no quantity before", async () => {
    const { emulator, body } = await trader();
    const { orders } = placedList.parse(await body("POST", "/orderList/opo", `${working}&${single}`));
    const query = `symbol=BTCUSDC&orderId=${Number(orders[1]?.orderId)}`;
    expect(await body("GET", "/order", query)).not.toHaveProperty("origQty");
    await emulator.control.fillOrder(Number(orders[0]?.orderId));
    expect(await body("GET", "/order", query)).toMatchObject({ status: "NEW", origQty: "0.00100000" });
  });

  test("can be amended before it is placed", async () => {
    const { body } = await trader();
    const answer = await body("POST", "/orderList/oto", `${working}&${single}&pendingQuantity=0.0005`);
    const { orderListId, orders } = placedList.parse(answer);
    const query = `symbol=BTCUSDC&orderId=${Number(orders[1]?.orderId)}&newQty=0.0002`;
    expect(await body("PUT", "/order/amend/keepPriority", query)).toMatchObject({
      amendedOrder: { status: "PENDING_NEW", qty: "0.00020000" },
      listStatus: { orderListId, contingencyType: "OTO", listOrderStatus: "EXECUTING" },
    });
  });

  test.each([
    [
      "/orderList/oto",
      `${working}&${single}`,
      "-1102 Mandatory parameter 'pendingQuantity' was not sent, was empty/null, or malformed.",
    ],
    [
      "/orderList/oto",
      `${working.replace("&workingPrice=80000", "")}&${single}&pendingQuantity=0.001`,
      "-1102 Mandatory parameter 'workingPrice' was not sent, was empty/null, or malformed.",
    ],
    [
      "/orderList/oto",
      `${working.replace("LIMIT&", "NOPE&")}&${single}&pendingQuantity=0.001`,
      "-1116 Invalid orderType.",
    ],
    [
      "/orderList/oto",
      `${working.replace("80000", "80000.001")}&${single}&pendingQuantity=0.001`,
      "-1013 Filter failure: PRICE_FILTER",
    ],
    [
      "/orderList/oto",
      `${working.replace("workingQuantity=0.001", "workingQuantity=1")}&${single}&pendingQuantity=0.001`,
      "-2010 Account has insufficient balance for requested action.",
    ],
    [
      "/orderList/opo",
      `${working}&${single}&pendingQuantity=0.001`,
      "-1104 Not all sent parameters were read; read '12' parameter(s) but was sent '13'.",
    ],
    [
      "/orderList/opo",
      `${working.replace("BUY", "SELL").replace("80000", "96000")}&${single}`,
      "-1222 Working order in an OPO list must be a bid.",
    ],
    [
      "/orderList/opoco",
      `${working}&${pair.replace("STOP_LOSS", "TAKE_PROFIT")}`,
      "-1199 A take profit order in a sell OCO must be above.",
    ],
  ])("is refused: %s?%s", async (path, query, refusal) => {
    const { send } = await trader();
    expect(errorIn(await send("POST", path, query))).toBe(`400 ${refusal}`);
  });
});

test("an order by smart order routing is refused by name", async () => {
  const { emulator, send } = await trader();
  expect((await send("POST", "/sor/order")).status).toBe(404);
  expect(emulator.reported[0]).toContain("not emulated: POST /api/v3/sor/order");
});
