import ccxt, { type Balances, type OHLCV, type Order, type OrderBook, type Trade } from "ccxt";
import type { OrderParameters } from "./orders.ts";
import type { Judge, OwnTrade } from "./scenario.ts";

type Client = InstanceType<typeof ccxt.pro.binance>;

const symbol = "BTC/USDC";

/** ccxt by REST. */
export function ccxtRest(client: Client): Judge {
  return {
    ...common(client),
    async ticker() {
      const { bid, ask, last } = await client.fetchTicker(symbol);
      return { bid: Number(bid), ask: Number(ask), last: Number(last) };
    },
    async book() {
      return best(await client.fetchOrderBook(symbol, 5));
    },
    async candle() {
      return close(await client.fetchOHLCV(symbol, "1m", undefined, 3));
    },
    async place(order) {
      return String((await client.createOrder(...unified(order))).id);
    },
    async openOrders() {
      return ids(await client.fetchOpenOrders(symbol));
    },
    cancel: (id) => client.cancelOrder(id, symbol),
    cancelAll: () => client.cancelAllOrders(symbol),
    async balances() {
      return totals(await client.fetchBalance());
    },
    async trades() {
      return (await client.fetchMyTrades(symbol)).map(ownTrade);
    },
    // ccxt's exception for one of the filters has no code. The reply has.
    refusal: (error) => `${String(error)} ${String(client.last_http_response)}`,
  };
}

/** ccxt pro: streams, and orders through the WebSocket API. */
export function ccxtPro(client: Client): Judge {
  return {
    ...common(client),
    async ticker() {
      // ccxt watches the small ticker, which has no bid and ask.
      const { last } = await client.watchTicker(symbol);
      const tickers = await client.watchBidsAsks([symbol]);
      return { bid: Number(tickers[symbol]?.bid), ask: Number(tickers[symbol]?.ask), last: Number(last) };
    },
    async book() {
      return best(await client.watchOrderBook(symbol));
    },
    async candle() {
      return close(await client.watchOHLCV(symbol, "1m"));
    },
    async place(order) {
      return String((await client.createOrderWs(...unified(order))).id);
    },
    async openOrders() {
      return ids(await client.fetchOpenOrdersWs(symbol));
    },
    cancel: (id) => client.cancelOrderWs(id, symbol),
    cancelAll: () => client.cancelAllOrdersWs(symbol),
    async balances() {
      // This version of ccxt finds no balances in the answer of the WebSocket API.
      return totals(await client.fetchBalance());
    },
    async trades() {
      return (await client.fetchMyTradesWs(symbol)).map(ownTrade);
    },
    async seeFill(trade) {
      await client.ensureUserDataStreamWsSubscribeSignature("spot");
      const seen = client.watchMyTrades(symbol);
      const id = await trade();
      for (let trades = await seen; !trades.some(({ order }) => order === id);) {
        trades = await client.watchMyTrades(symbol);
      }
    },
  };
}

function common(client: Client) {
  return {
    async loadMarkets() {
      return Object.keys(await client.loadMarkets()).length;
    },
    refusal: String,
  };
}

/**
 * The arguments of createOrder. What Binance documents goes along, because ccxt rounds prices and quantities to what
 * the filters allow.
 */
function unified({ side = "", type = "", ...others }: OrderParameters) {
  const { quantity, price } = others;
  const parameters = Object.fromEntries(Object.entries(others).filter(([name]) => name !== "symbol"));
  return [
    symbol,
    type.toLowerCase(),
    side.toLowerCase(),
    Number(quantity),
    price === undefined ? undefined : Number(price),
    parameters,
  ] as const;
}

function best({ bids, asks }: Pick<OrderBook, "bids" | "asks">): { bid: number; ask: number } {
  return { bid: Number(bids[0]?.[0]), ask: Number(asks[0]?.[0]) };
}

function close(candles: readonly OHLCV[]): number {
  return Number(candles.at(-1)?.[4]);
}

function ids(orders: readonly Order[]): string[] {
  return orders.map(({ id }) => String(id));
}

function totals(balances: Balances): Record<string, number> {
  return Object.fromEntries(["BTC", "USDC"].map((asset) => [asset, Number(balances[asset]?.total)]));
}

function ownTrade({ id, side, amount, cost, fee }: Trade): OwnTrade {
  return {
    id: String(id),
    isBuyer: side === "buy",
    quantity: Number(amount),
    cost: Number(cost),
    fee: Number(fee?.cost),
    feeAsset: String(fee?.currency),
  };
}
