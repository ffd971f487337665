import ccxt from "ccxt";
import type { Results } from "./scenario.ts";

type Client = InstanceType<typeof ccxt.pro.binance>;

const symbol = "BTC/USDT:USDT";
const quantity = 0.002;

/** What ccxt does with futures: by REST, with its fills from the account's stream. The price must stand still. */
export async function playFutures(client: Client): Promise<Results> {
  const results: Results = { "loads all markets": Object.keys(await client.loadMarkets()).length };
  const before = await totalOf(client);
  const tradesBefore = new Set((await client.fetchMyTrades(symbol)).map(({ id }) => id));
  results["ticker, book and candles agree"] = await marketAgrees(client);
  await client.setLeverage(10, symbol);

  const seen = client.watchMyTrades(symbol);
  const opened = await client.createOrder(symbol, "market", "buy", quantity);
  results["buys at market"] = opened.status === "closed";
  const last = Number((await client.fetchTicker(symbol)).last);
  results["limit order: places, lists, cancels"] = await placesListsCancels(client, "sell", last * 1.1);
  results["stop order: places, lists, cancels"] = await placesListsCancels(client, "stop", last * 0.9);
  const [position] = await client.fetchPositions([symbol]);
  await client.createOrder(symbol, "market", "sell", quantity, undefined, { reduceOnly: true });
  results["opens and closes a position"] =
    position?.contracts === quantity && (await client.fetchPositions([symbol])).length === 0;
  results["sees its fill on the stream"] = (await seen).some(({ order }) => order === opened.id);

  const trades = (await client.fetchMyTrades(symbol)).filter(({ id }) => !tradesBefore.has(id));
  const earned = trades.reduce(
    (sum, { side, cost, fee }) => sum + (side === "buy" ? -1 : 1) * Number(cost) - Number(fee?.cost),
    0,
  );
  results["balances add up"] = Math.abs((await totalOf(client)) - before - earned) < 1e-7;
  return results;
}

async function totalOf(client: Client): Promise<number> {
  return Number((await client.fetchBalance()).USDT?.total);
}

async function marketAgrees(client: Client): Promise<boolean> {
  const { last } = await client.fetchTicker(symbol);
  const book = await client.fetchOrderBook(symbol, 5);
  const [bid, ask] = [book.bids[0]?.[0] ?? NaN, book.asks[0]?.[0] ?? NaN];
  const close = (await client.fetchOHLCV(symbol, "1m", undefined, 3)).at(-1)?.[4];
  return last !== undefined && close === last && bid <= last && last <= ask;
}

/** Closes the position at a price that the market doesn't reach. */
async function placesListsCancels(client: Client, kind: "sell" | "stop", price: number): Promise<boolean> {
  const parameters = { reduceOnly: true, ...(kind === "stop" ? { stopLossPrice: price } : {}) };
  const [type, limit] = kind === "stop" ? (["market", undefined] as const) : (["limit", price] as const);
  const { id } = await client.createOrder(symbol, type, "sell", quantity, limit, parameters);
  const list = async () => {
    const orders = await client.fetchOpenOrders(symbol, undefined, undefined, { trigger: kind === "stop" });
    return orders.map((order) => order.id);
  };
  const listed = await list();
  await client.cancelOrder(String(id), symbol, { trigger: kind === "stop" });
  return listed.includes(id) && !(await list()).includes(id);
}
