import { Spot, SpotRestAPI } from "@binance/spot";
import { describe, expect, test } from "@jest/globals";
import { systemClock } from "../../../emulator/clock.ts";
import { ccxtClient } from "../support/ccxt.ts";
import { makeKey, startEmulator } from "../support/emulator.ts";
import { permittedTime } from "../support/permitted-time.ts";

// Clients that most bots are made of, unmodified, trade by REST. ../judges/ has more of them, and prints what each has done.

async function ccxtTrader() {
  const emulator = await startEmulator({ clock: systemClock });
  const client = await ccxtClient(emulator, await makeKey(emulator));
  await client.loadMarkets();
  const last = (await client.fetchTicker("BTC/USDC")).last ?? NaN;
  const around = (factor: number) => Number(client.priceToPrecision("BTC/USDC", last * factor));
  return { emulator, client, around };
}

const symbol = "BTC/USDC";

describe("ccxt", () => {
  test("buys and sells at market, and its balances add up", async () => {
    const { emulator, client } = await ccxtTrader();
    const before = await client.fetchBalance();
    const bought = await client.createOrder(symbol, "market", "buy", 0.002);
    const sold = await client.createOrder(symbol, "market", "sell", 0.001);
    expect([bought.status, bought.filled, sold.status, sold.filled]).toEqual([
      "closed",
      0.002,
      "closed",
      0.001,
    ]);
    const spent = await client.createMarketBuyOrderWithCost(symbol, 50);
    expect(spent.cost).toBeGreaterThan(49);
    const trades = await client.fetchMyTrades(symbol);
    const after = await client.fetchBalance();
    const sum = (valueOf: (trade: (typeof trades)[number]) => number) =>
      trades.reduce((total, trade) => total + valueOf(trade), 0);
    const fees = (asset: string) => sum(({ fee }) => (fee?.currency === asset ? Number(fee.cost) : 0));
    const signed = (value: number, side: unknown) => (side === "buy" ? value : -value);
    expect(Number(after.BTC?.total) - Number(before.BTC?.total)).toBeCloseTo(
      sum(({ amount, side }) => signed(Number(amount), side)) - fees("BTC"),
      8,
    );
    expect(Number(after.USDC?.total) - Number(before.USDC?.total)).toBeCloseTo(
      sum(({ cost, side }) => -signed(Number(cost), side)) - fees("USDC"),
      8,
    );
    expect(emulator.reported).toEqual([]);
  });

  test("places, lists, edits and cancels limit and stop orders", async () => {
    const { emulator, client, around } = await ccxtTrader();
    const resting = await client.createOrder(symbol, "limit", "buy", 0.001, around(0.9));
    const maker = await client.createOrder(symbol, "limit", "sell", 0.001, around(1.1), { postOnly: true });
    const stop = await client.createOrder(symbol, "limit", "sell", 0.001, around(0.89), {
      stopLossPrice: around(0.9),
    });
    const ids = [resting, maker, stop].map(({ id }) => id);
    expect((await client.fetchOpenOrders(symbol)).map(({ id }) => id)).toEqual(ids);
    expect(await client.fetchOrder(String(stop.id), symbol)).toMatchObject({
      ...{ status: "open", triggerPrice: around(0.9), price: around(0.89) },
    });
    const edited = await client.editOrder(String(resting.id), symbol, "limit", "buy", 0.001, around(0.91));
    expect(edited).toMatchObject({ status: "open", price: around(0.91) });
    expect(await client.cancelOrder(String(maker.id), symbol)).toMatchObject({
      id: maker.id,
      status: "canceled",
    });
    expect((await client.cancelAllOrders(symbol)).length).toBe(2);
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
    expect((await client.fetchOrders(symbol)).map(({ status }) => status)).toEqual(Array(4).fill("canceled"));
    expect((await client.fetchBalance()).USDC).toMatchObject({ used: 0, free: 1000 });
    expect(emulator.reported).toEqual([]);
  });

  test("learns why an order or a cancel is refused", async () => {
    const { client, around } = await ccxtTrader();
    const missing = client.fetchOrder("1", symbol);
    await expect(missing).rejects.toMatchObject({
      name: "OrderNotFound",
      message: expect.stringContaining("-2013"),
    });
    const unknown = client.cancelOrder("1", symbol);
    await expect(unknown).rejects.toMatchObject({
      name: "OrderNotFound",
      message: expect.stringContaining("-2011"),
    });
    const poor = client.createOrder(symbol, "limit", "buy", 1, around(0.9));
    await expect(poor).rejects.toMatchObject({ name: "InsufficientFunds" });
    const crossing = client.createOrder(symbol, "limit", "buy", 0.001, around(1.01), { postOnly: true });
    await expect(crossing).rejects.toMatchObject({ name: "OrderImmediatelyFillable" });
  });

  test.each([
    ["PRICE_FILTER", { price: 0.001 }],
    ["PERCENT_PRICE_BY_SIDE", { factor: 0.1 }],
    ["LOT_SIZE", { quantity: "0.000001" }],
    ["NOTIONAL", { quantity: "0.00001" }],
    ["ICEBERG_PARTS", { quantity: "0.01", icebergQty: "0.00005" }],
    ["MARKET_LOT_SIZE", { type: "MARKET", quantity: "1000" }],
    ["TRAILING_DELTA", { type: "STOP_LOSS", trailingDelta: "1" }],
  ])(
    "is refused by the filter %s",
    async (filter, { price, factor = 0.9, ...rest }: Record<string, unknown>) => {
      const { client, around } = await ccxtTrader();
      const type = rest.type ?? "LIMIT";
      // As text, because a sum of floats may have more digits than any filter lets through.
      const limit = { price: (around(Number(factor)) + Number(price ?? 0)).toFixed(3), timeInForce: "GTC" };
      const order = {
        symbol: "BTCUSDC",
        side: "BUY",
        type,
        quantity: "0.001",
        ...(type === "LIMIT" ? limit : {}),
        ...rest,
      };
      await expect(client.privatePostOrder(order)).rejects.toThrow(`Filter failure: ${filter}`);
    },
  );

  test("places an OCO, reads its fees, and tests an order", async () => {
    const { emulator, client, around } = await ccxtTrader();
    const oco = {
      ...{ symbol: "BTCUSDC", side: "SELL", quantity: "0.001" },
      ...{ aboveType: "LIMIT_MAKER", abovePrice: around(1.1) },
      ...{
        belowType: "STOP_LOSS_LIMIT",
        belowStopPrice: around(0.9),
        belowPrice: around(0.89),
        belowTimeInForce: "GTC",
      },
    };
    expect(await client.privatePostOrderListOco(oco)).toMatchObject({ listOrderStatus: "EXECUTING" });
    expect(await client.fetchOpenOrders(symbol)).toHaveLength(2);
    await client.privateGetOpenOrderList({});
    await client.cancelAllOrders(symbol);
    expect(await client.fetchTradingFee(symbol)).toMatchObject({ maker: 0.001, taker: 0.001 });
    await client.createOrder(symbol, "market", "buy", 0.001, undefined, { test: true });
    expect(await client.fetchMyTrades(symbol)).toEqual([]);
    await client.privateGetAccountCommission({ symbol: "BTCUSDC" });
    await client.privateGetRateLimitOrder({});
    expect(emulator.reported).toEqual([]);
  });
});

describe("@binance/spot", () => {
  test("places, queries, replaces and cancels orders", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const { apiKey, apiSecret } = await makeKey(emulator);
    const key = { apiKey, apiSecret: apiSecret ?? "" };
    const configuration = { ...key, basePath: emulator.url, retries: 0, timeout: permittedTime };
    // The client's documentation gives it a plain object, because its class for it is not exported.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    const { restAPI: client } = new Spot({ configurationRestAPI: configuration });
    const market = { symbol: "BTCUSDC", side: SpotRestAPI.NewOrderSideEnum.BUY };
    const bought = await client.newOrder({
      ...market,
      type: SpotRestAPI.NewOrderTypeEnum.MARKET,
      quantity: 0.001,
    });
    const filled = await bought.data();
    expect(filled).toMatchObject({ status: "FILLED", executedQty: "0.00100000" });

    const limit = {
      ...market,
      ...{ type: SpotRestAPI.NewOrderTypeEnum.LIMIT, timeInForce: SpotRestAPI.NewOrderTimeInForceEnum.GTC },
      ...{ quantity: 0.001, price: 80_000 },
    };
    const resting = await (await client.newOrder({ ...limit, newClientOrderId: "mine" })).data();
    const mine = { symbol: "BTCUSDC", origClientOrderId: "mine" };
    expect(await (await client.getOrder(mine)).data()).toMatchObject({
      orderId: resting.orderId,
      status: "NEW",
    });
    const replaced = await client.orderCancelReplace({
      ...{ symbol: "BTCUSDC", side: SpotRestAPI.OrderCancelReplaceSideEnum.BUY },
      type: SpotRestAPI.OrderCancelReplaceTypeEnum.LIMIT,
      timeInForce: SpotRestAPI.OrderCancelReplaceTimeInForceEnum.GTC,
      cancelReplaceMode: SpotRestAPI.OrderCancelReplaceCancelReplaceModeEnum.STOP_ON_FAILURE,
      ...{ quantity: 0.002, price: 80_000, cancelOrigClientOrderId: "mine", newClientOrderId: "next" },
    });
    expect(await replaced.data()).toMatchObject({ cancelResult: "SUCCESS", newOrderResult: "SUCCESS" });
    const next = { symbol: "BTCUSDC", origClientOrderId: "next" };
    const amended = await client.orderAmendKeepPriority({ ...next, newQty: 0.001, newClientOrderId: "next" });
    expect(await amended.data()).toMatchObject({ amendedOrder: { qty: "0.00100000" } });
    expect(await (await client.getOpenOrders({ symbol: "BTCUSDC" })).data()).toHaveLength(1);
    expect(await (await client.deleteOrder(next)).data()).toMatchObject({ status: "CANCELED" });
    expect(await (await client.allOrders({ symbol: "BTCUSDC" })).data()).toHaveLength(3);
    // How many fills it takes depends on the book.
    expect(await (await client.myTrades({ symbol: "BTCUSDC" })).data()).toHaveLength(
      filled.fills?.length ?? 0,
    );

    const list = await client.orderListOco({
      ...{ symbol: "BTCUSDC", side: SpotRestAPI.OrderListOcoSideEnum.SELL, quantity: 0.001 },
      ...{ aboveType: SpotRestAPI.OrderListOcoAboveTypeEnum.LIMIT_MAKER, abovePrice: 100_000 },
      ...{ belowType: SpotRestAPI.OrderListOcoBelowTypeEnum.STOP_LOSS, belowStopPrice: 80_000 },
    });
    const { orderListId } = await list.data();
    expect(await (await client.openOrderList()).data()).toHaveLength(1);
    expect(await (await client.getOrderList({ orderListId: Number(orderListId) })).data()).toMatchObject({
      orderListId,
    });
    const canceled = await client.deleteOrderList({ symbol: "BTCUSDC", orderListId: Number(orderListId) });
    expect(await canceled.data()).toMatchObject({ listOrderStatus: "ALL_DONE" });
    expect(await (await client.allOrderList()).data()).toHaveLength(1);
    await client.newOrder(limit);
    expect(await (await client.deleteOpenOrders({ symbol: "BTCUSDC" })).data()).toHaveLength(1);
    expect(await (await client.accountCommission({ symbol: "BTCUSDC" })).data()).toMatchObject({
      symbol: "BTCUSDC",
    });
    expect(await (await client.rateLimitOrder()).data()).toHaveLength(2);
    expect(await (await client.getAccount()).data()).toMatchObject({ canTrade: true });
    await expect(client.newOrder({ ...limit, quantity: 1 })).rejects.toMatchObject({ code: -2010 });
    expect(emulator.reported).toEqual([]);
  });
});
