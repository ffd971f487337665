import { Spot, SpotRestAPI, SpotWebsocketAPI } from "@binance/spot";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { systemClock } from "../../../emulator/clock.ts";
import { ccxtClient } from "../support/ccxt.ts";
import { type Emulator, makeKey, startEmulator } from "../support/emulator.ts";
import { permittedTime } from "../support/permitted-time.ts";

// Unmodified clients place orders that place others.

// The client writes each step to the console otherwise.
process.env.LOG_LEVEL = "error";

const working = { symbol: "BTCUSDC", workingPrice: 80_000, workingQuantity: 0.001 };
const single = { pendingPrice: 99_000 };
const pair = { pendingAbovePrice: 99_000, pendingBelowStopPrice: 70_000 };

describe("@binance/spot", () => {
  test("places them by REST", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const { restAPI: client } = await spot(emulator);
    const oto = await client.orderListOto({
      ...{ ...working, ...single, pendingQuantity: 0.0005 },
      workingType: SpotRestAPI.OrderListOtoWorkingTypeEnum.LIMIT_MAKER,
      workingSide: SpotRestAPI.OrderListOtoWorkingSideEnum.BUY,
      pendingType: SpotRestAPI.OrderListOtoPendingTypeEnum.LIMIT_MAKER,
      pendingSide: SpotRestAPI.OrderListOtoPendingSideEnum.SELL,
    });
    const otoco = await client.orderListOtoco({
      ...{ ...working, ...pair, pendingQuantity: 0.0005 },
      workingType: SpotRestAPI.OrderListOtocoWorkingTypeEnum.LIMIT_MAKER,
      workingSide: SpotRestAPI.OrderListOtocoWorkingSideEnum.BUY,
      pendingSide: SpotRestAPI.OrderListOtocoPendingSideEnum.SELL,
      pendingAboveType: SpotRestAPI.OrderListOtocoPendingAboveTypeEnum.LIMIT_MAKER,
      pendingBelowType: SpotRestAPI.OrderListOtocoPendingBelowTypeEnum.STOP_LOSS,
    });
    const opo = await client.orderListOpo({
      ...{ ...working, ...single },
      workingType: SpotRestAPI.OrderListOpoWorkingTypeEnum.LIMIT_MAKER,
      workingSide: SpotRestAPI.OrderListOpoWorkingSideEnum.BUY,
      pendingType: SpotRestAPI.OrderListOpoPendingTypeEnum.LIMIT_MAKER,
      pendingSide: SpotRestAPI.OrderListOpoPendingSideEnum.SELL,
    });
    const opoco = await client.orderListOpoco({
      ...{ ...working, ...pair },
      workingType: SpotRestAPI.OrderListOpocoWorkingTypeEnum.LIMIT_MAKER,
      workingSide: SpotRestAPI.OrderListOpocoWorkingSideEnum.BUY,
      pendingSide: SpotRestAPI.OrderListOpocoPendingSideEnum.SELL,
      pendingAboveType: SpotRestAPI.OrderListOpocoPendingAboveTypeEnum.LIMIT_MAKER,
      pendingBelowType: SpotRestAPI.OrderListOpocoPendingBelowTypeEnum.STOP_LOSS,
    });
    for (const placed of [await oto.data(), await otoco.data(), await opo.data(), await opoco.data()]) {
      expect(placed).toMatchObject({ contingencyType: "OTO", listOrderStatus: "EXECUTING" });
    }
    expect(await (await client.openOrderList()).data()).toHaveLength(4);
    expect(await (await client.deleteOpenOrders({ symbol: "BTCUSDC" })).data()).toHaveLength(4);
    expect(emulator.reported).toEqual([]);
  });

  test("places them by the WebSocket API", async () => {
    const emulator = await startEmulator({ clock: systemClock });
    const api = await (await spot(emulator)).websocketAPI.connect();
    emulator.beforeStop(() => api.disconnect());
    const oto = await api.orderListPlaceOto({
      ...{ ...working, ...single, pendingQuantity: 0.0005 },
      workingType: SpotWebsocketAPI.OrderListPlaceOtoWorkingTypeEnum.LIMIT_MAKER,
      workingSide: SpotWebsocketAPI.OrderListPlaceOtoWorkingSideEnum.BUY,
      pendingType: SpotWebsocketAPI.OrderListPlaceOtoPendingTypeEnum.LIMIT_MAKER,
      pendingSide: SpotWebsocketAPI.OrderListPlaceOtoPendingSideEnum.SELL,
    });
    const otoco = await api.orderListPlaceOtoco({
      ...{ ...working, ...pair, pendingQuantity: 0.0005 },
      workingType: SpotWebsocketAPI.OrderListPlaceOtocoWorkingTypeEnum.LIMIT_MAKER,
      workingSide: SpotWebsocketAPI.OrderListPlaceOtocoWorkingSideEnum.BUY,
      pendingSide: SpotWebsocketAPI.OrderListPlaceOtocoPendingSideEnum.SELL,
      pendingAboveType: SpotWebsocketAPI.OrderListPlaceOtocoPendingAboveTypeEnum.LIMIT_MAKER,
      pendingBelowType: SpotWebsocketAPI.OrderListPlaceOtocoPendingBelowTypeEnum.STOP_LOSS,
    });
    for (const { data } of [oto, otoco]) {
      expect(data).toMatchObject({ contingencyType: "OTO", listOrderStatus: "EXECUTING" });
      const { orderListId } = z.looseObject({ orderListId: z.number() }).parse(data);
      const canceled = await api.orderListCancel({ symbol: "BTCUSDC", orderListId });
      expect(canceled.data).toMatchObject({ listOrderStatus: "ALL_DONE" });
    }
    expect(emulator.reported).toEqual([]);
  });
});

test("ccxt places them by their calls, and lists their orders", async () => {
  const emulator = await startEmulator({ clock: systemClock });
  const client = await ccxtClient(emulator, await makeKey(emulator));
  const shared = {
    ...{ ...working, workingType: "LIMIT_MAKER", workingSide: "BUY" },
    ...{ pendingSide: "SELL", pendingQuantity: 0.0005 },
  };
  const oto = await client.privatePostOrderListOto({ ...shared, ...single, pendingType: "LIMIT_MAKER" });
  const { orders } = z.object({ orders: z.array(z.object({ orderId: z.number() })) }).parse(oto);
  await client.privatePostOrderListOtoco({
    ...{ ...shared, ...pair },
    ...{ pendingAboveType: "LIMIT_MAKER", pendingBelowType: "STOP_LOSS" },
  });
  expect(await client.fetchOpenOrders("BTC/USDC")).toHaveLength(5);
  await emulator.control.fillOrder(orders[0]?.orderId ?? 0);
  const pending = await client.fetchOrder(String(orders[1]?.orderId), "BTC/USDC");
  expect(pending).toMatchObject({ side: "sell", status: "open", price: 99_000 });
  await client.cancelAllOrders("BTC/USDC");
  expect(await client.fetchOpenOrders("BTC/USDC")).toEqual([]);
  expect(emulator.reported).toEqual([]);
});

async function spot(emulator: Emulator): Promise<Spot> {
  const { apiKey, apiSecret } = await makeKey(emulator);
  const key = { apiKey, apiSecret: apiSecret ?? "", timeout: permittedTime };
  const configuration = {
    configurationRestAPI: { ...key, basePath: emulator.url, retries: 0 },
    configurationWebsocketAPI: { ...key, wsURL: `${emulator.url.replace("http", "ws")}/ws-api/v3` },
  };
  // The client's documentation gives it a plain object, because its class for it is not exported.

  return new Spot(configuration);
}
