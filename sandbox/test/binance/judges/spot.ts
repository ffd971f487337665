import { type Spot, SpotRestAPI, SpotWebsocketAPI } from "@binance/spot";
import * as z from "zod";
import type { OrderParameters } from "./orders.ts";
import type { Judge } from "./scenario.ts";

// @binance/spot, Binance's own client.

const symbol = "BTCUSDC";
const text = z.coerce.string();
const number = z.coerce.number();

const exchangeInfo = z.object({ symbols: z.array(z.unknown()) });
const priced = z.object({ bidPrice: number, askPrice: number, lastPrice: number });
const levels = z.array(z.array(number));
const depth = z.object({ bids: levels, asks: levels });
const placed = z.object({ orderId: text });
const account = z.object({
  balances: z.array(z.object({ asset: z.string(), free: number, locked: number })),
});
const trade = z
  .object({
    ...{ id: text, isBuyer: z.boolean(), qty: number, quoteQty: number },
    ...{ commission: number, commissionAsset: z.string() },
  })
  .transform(({ id, isBuyer, qty, quoteQty, commission, commissionAsset }) => ({
    ...{ id, isBuyer, quantity: qty, cost: quoteQty, fee: commission, feeAsset: commissionAsset },
  }));
/** Of the REST API and of the WebSocket API. */
const refused = z.union([
  z.object({ code: z.int(), message: z.string() }),
  z.object({ code: z.int(), msg: z.string() }).transform(({ code, msg }) => ({ code, message: msg })),
]);
const amounts = {
  symbol: z.string(),
  ...{ quantity: number.exactOptional(), price: number.exactOptional(), stopPrice: number.exactOptional() },
  ...{ icebergQty: number.exactOptional(), trailingDelta: number.exactOptional() },
};
const restOrder = z.object({
  ...amounts,
  side: z.enum(SpotRestAPI.NewOrderSideEnum),
  type: z.enum(SpotRestAPI.NewOrderTypeEnum),
  timeInForce: z.enum(SpotRestAPI.NewOrderTimeInForceEnum).exactOptional(),
});
const socketOrder = z.object({
  ...amounts,
  side: z.enum(SpotWebsocketAPI.OrderPlaceSideEnum),
  type: z.enum(SpotWebsocketAPI.OrderPlaceTypeEnum),
  timeInForce: z.enum(SpotWebsocketAPI.OrderPlaceTimeInForceEnum).exactOptional(),
});

/** By REST. */
export function spotRest({ restAPI: client }: Spot): Judge {
  return {
    ...common,
    async loadMarkets() {
      return exchangeInfo.parse(await (await client.exchangeInfo()).data()).symbols.length;
    },
    async ticker() {
      return tickerFrom(await (await client.ticker24hr({ symbol })).data());
    },
    async book() {
      return bestOf(await (await client.depth({ symbol, limit: 5 })).data());
    },
    async candle() {
      const interval = SpotRestAPI.KlinesIntervalEnum.INTERVAL_1m;
      return closeOf(await (await client.klines({ symbol, interval, limit: 3 })).data());
    },
    async place(order: OrderParameters) {
      return placed.parse(await (await client.newOrder(restOrder.parse(order))).data()).orderId;
    },
    async openOrders() {
      return idsOf(await (await client.getOpenOrders({ symbol })).data());
    },
    cancel: (id) => client.deleteOrder({ symbol, orderId: Number(id) }),
    cancelAll: () => client.deleteOpenOrders({ symbol }),
    async balances() {
      return totals(await (await client.getAccount()).data());
    },
    async trades() {
      return z.array(trade).parse(await (await client.myTrades({ symbol })).data());
    },
  };
}

type Api = Awaited<ReturnType<Spot["websocketAPI"]["connect"]>>;

/** Through the WebSocket API. The session is logged on, which needs an Ed25519 key. */
export function spotSockets(client: Api): Judge {
  return {
    ...common,
    async loadMarkets() {
      return exchangeInfo.parse((await client.exchangeInfo()).data).symbols.length;
    },
    async ticker() {
      return tickerFrom((await client.ticker24hr({ symbol })).data);
    },
    async book() {
      return bestOf((await client.depth({ symbol, limit: 5 })).data);
    },
    async candle() {
      const interval = SpotWebsocketAPI.KlinesIntervalEnum.INTERVAL_1m;
      return closeOf((await client.klines({ symbol, interval, limit: 3 })).data);
    },
    async place(order: OrderParameters) {
      return placed.parse((await client.orderPlace(socketOrder.parse(order))).data).orderId;
    },
    async openOrders() {
      return idsOf((await client.openOrdersStatus({ symbol })).data);
    },
    cancel: (id) => client.orderCancel({ symbol, orderId: Number(id) }),
    cancelAll: () => client.openOrdersCancelAll({ symbol }),
    async balances() {
      return totals((await client.accountStatus()).data);
    },
    async trades() {
      return z.array(trade).parse((await client.myTrades({ symbol })).data);
    },
    async seeFill(sell) {
      const { stream } = await client.userDataStreamSubscribe();
      const fills = new Set<string>();
      let wake: () => void = () => undefined;
      stream.on("message", (event) => {
        const { data } = fill.safeParse(event);
        if (data !== undefined) {
          fills.add(data.i);
          wake();
        }
      });
      for (const id = await sell(); !fills.has(id);) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

const fill = z.object({ e: z.literal("executionReport"), X: z.literal("FILLED"), i: text });

const common = {
  refusal(error: unknown) {
    const { code, message } = refused.parse(error);
    return `${code} ${message}`;
  },
};

function tickerFrom(answer: unknown) {
  const { bidPrice, askPrice, lastPrice } = priced.parse(answer);
  return { bid: bidPrice, ask: askPrice, last: lastPrice };
}

function bestOf(answer: unknown) {
  const { bids, asks } = depth.parse(answer);
  return { bid: Number(bids[0]?.[0]), ask: Number(asks[0]?.[0]) };
}

function closeOf(answer: unknown): number {
  return Number(levels.parse(answer).at(-1)?.[4]);
}

function idsOf(answer: unknown): string[] {
  return z
    .array(placed)
    .parse(answer)
    .map(({ orderId }) => orderId);
}

function totals(answer: unknown): Record<string, number> {
  return Object.fromEntries(
    account.parse(answer).balances.map(({ asset, free, locked }) => [asset, free + locked]),
  );
}
