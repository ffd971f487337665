import type { OrderParameters, Orders } from "./orders.ts";

/** A trade of the account. */
export interface OwnTrade {
  id: string;
  isBuyer: boolean;
  quantity: number;
  cost: number;
  fee: number;
  feeAsset: string;
}

/** A client of Binance, in the terms that all clients share. python/scenario.py has the same. */
export interface Judge {
  /** @returns how many symbols there are */
  loadMarkets(): Promise<number>;
  ticker(): Promise<{ bid: number; ask: number; last: number }>;
  /** The best prices. */
  book(): Promise<{ bid: number; ask: number }>;
  /** The close of the latest candle. */
  candle(): Promise<number>;
  /** @returns the order's id */
  place(order: OrderParameters): Promise<string>;
  /** The ids of the open orders. */
  openOrders(): Promise<string[]>;
  cancel(id: string): Promise<unknown>;
  cancelAll(): Promise<unknown>;
  /** What the account has of each asset, also in orders. */
  balances(): Promise<Record<string, number>>;
  trades(): Promise<OwnTrade[]>;
  /** Waits until the stream shows the fill of the order that `trade` places. A client without streams doesn't have this. */
  seeFill?(trade: () => Promise<string>): Promise<void>;
  /** What Binance replied to an error of this client's: its code and text. */
  refusal(error: unknown): string;
}

/** What a judge has done: the name of each row, and whether it worked, a number, or a refusal's text. */
export type Results = Record<string, boolean | number | string>;

const tick = 0.01;
const market = { symbol: "BTCUSDC", type: "MARKET" };

/** Does everything that a judge is there for. */
export async function play(judge: Judge, { limit, stop, filters }: Orders): Promise<Results> {
  const results: Results = { "loads all markets": await judge.loadMarkets() };
  const [balancesBefore, tradesBefore] = [await judge.balances(), await judge.trades()];
  results["ticker, book and candles agree"] = await marketAgrees(judge);

  const bought = await judge.place({ ...market, side: "BUY", quantity: "0.002" });
  results["buys at market"] = bought !== "" && (await judge.trades()).length > tradesBefore.length;
  results["limit order: places, lists, cancels"] = await placesListsCancels(judge, limit);
  results["stop order: places, lists, cancels"] = await placesListsCancels(judge, stop);
  for (const [name, { order, times }] of Object.entries(filters)) {
    results[name] = await refusalOf(judge, order, times);
    if (times > 1) {
      await judge.cancelAll();
    }
  }

  const sell = () => judge.place({ ...market, side: "SELL", quantity: "0.001" });
  if (judge.seeFill === undefined) {
    await sell();
  } else {
    await judge.seeFill(sell);
    results["sees its fill on the stream"] = true;
  }
  const known = new Set(tradesBefore.map(({ id }) => id));
  const trades = (await judge.trades()).filter(({ id }) => !known.has(id));
  results["balances add up"] = addUp(balancesBefore, await judge.balances(), trades);
  return results;
}

/** @returns the prices, if they don't agree */
async function marketAgrees(judge: Judge): Promise<true | string> {
  const [ticker, book, close] = [await judge.ticker(), await judge.book(), await judge.candle()];
  const prices = [ticker.bid, ticker.ask, ticker.last, book.bid, book.ask, close];
  // The price is held meanwhile, but who takes it changes: it is the bid at one time, and the ask at another.
  const difference = Math.max(...prices) - Math.min(...prices);
  const agree = ticker.bid < ticker.ask && book.bid < book.ask && difference < 3 * tick;
  return agree || `ticker ${Object.values(ticker).join(" ")}, book ${book.bid} ${book.ask}, candle ${close}`;
}

async function placesListsCancels(judge: Judge, order: OrderParameters): Promise<boolean> {
  const id = await judge.place(order);
  const listed = await judge.openOrders();
  await judge.cancel(id);
  return listed.length === 1 && listed[0] === id && (await judge.openOrders()).length === 0;
}

async function refusalOf(judge: Judge, order: OrderParameters, times: number): Promise<string> {
  try {
    for (let sent = 0; sent < times; sent++) {
      await judge.place(order);
    }
  } catch (error) {
    return judge.refusal(error);
  }
  return "not refused";
}

/** Whether the balances have changed by exactly the trades and their fees. */
function addUp(
  before: Record<string, number>,
  after: Record<string, number>,
  trades: readonly OwnTrade[],
): boolean {
  return ["BTC", "USDC"].every((asset) => {
    const change = trades.reduce((sum, { isBuyer, quantity, cost, fee, feeAsset }) => {
      const moved = asset === "BTC" ? quantity : -cost;
      return sum + (isBuyer ? moved : -moved) - (feeAsset === asset ? fee : 0);
    }, 0);
    // Half of the last decimal that Binance has: these are floating-point numbers.
    return change !== 0 && Math.abs((after[asset] ?? 0) - (before[asset] ?? 0) - change) < 5e-9;
  });
}
