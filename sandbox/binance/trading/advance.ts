import { least } from "../decimal.ts";
import type { Trade } from "../market/types.ts";
import { expireSiblings, fillOrder, reportBalances, type Trading } from "./execution.ts";
import { updateList } from "./lists.ts";
import { matchNow } from "./match-now.ts";
import { isPending, isWorking, type Order, remaining, triggersAbove } from "./order.ts";
import { followPrice, type Trail } from "./retracement.ts";

/** A trade of the market that does something to an order. */
interface Upcoming {
  order: Order;
  trade: Trade;
}

/** Carries out what the market's trades until this time do to the open orders, in the order of time. */
export function advance(trading: Trading, to: number): void {
  const found = new Map<Order, Trade | undefined>();
  const trades = new TradedQuantities();
  for (;;) {
    const next = trading.store
      .open()
      .flatMap((order): Upcoming[] => {
        const trade = found.has(order) ? found.get(order) : upcomingTrade(trading, order, to);
        found.set(order, trade);
        return trade ? [{ order, trade }] : [];
      })
      .toSorted(byTimeAndPriority)
      .at(0);
    if (!next) {
      break;
    }
    react(trading, next, trades);
    next.order.seenUntil = next.trade.time;
    // What happens to an order can place others of its list.
    const list = trading.store.list(next.order.listId);
    for (const order of list ? trading.store.ordersOf(list) : [next.order]) {
      found.delete(order);
    }
    reportBalances(trading, next.trade.time);
  }
  for (const order of trading.store.open()) {
    order.trailingExtreme = extremeAt(trading, order, to);
    order.seenUntil = Math.max(order.seenUntil, to);
  }
}

/** The clock was set back. What has happened to orders stays; from now on, the market can do something to the open ones. */
export function goBack({ market, store }: Trading, to: number): void {
  market.forgetFillsAfter(to);
  for (const order of store.open()) {
    order.seenUntil = Math.min(order.seenUntil, to);
  }
}

/** When the market will next do something to an open order, if not before this time. Nothing is changed. */
export function nextEvent(trading: Trading, to: number): number | undefined {
  const times = trading.store.open().flatMap((order) => upcomingTrade(trading, order, to)?.time ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** The first trade until this time that fills an order, triggers it, or makes it follow the price. */
function upcomingTrade({ market }: Trading, order: Order, to: number): Trade | undefined {
  const { symbol, seenUntil } = order;
  if (isPending(order)) {
    return undefined;
  }
  if (isWorking(order)) {
    const direction = order.side === "BUY" ? "at-or-below" : "at-or-above";
    return market.firstTrade(symbol, direction, order.price, seenUntil, to);
  }
  if (order.trailingDelta > 0 && order.trailingTime !== -1) {
    const followed = followPrice(market, trailOf(order), seenUntil, to);
    return "trade" in followed ? followed.trade : undefined;
  }
  if (order.stopPrice === 0n) {
    return market.firstTrade(symbol, "at-or-above", 0n, seenUntil, to);
  }
  const direction = triggersAbove(order) ? "at-or-above" : "at-or-below";
  return market.firstTrade(symbol, direction, order.stopPrice, seenUntil, to);
}

function react(trading: Trading, { order, trade }: Upcoming, trades: TradedQuantities): void {
  const { time, price } = trade;
  if (isWorking(order)) {
    // What trades through the price has filled it wholly; what only touches it fills as much as was traded.
    const isThrough = order.side === "BUY" ? price < order.price : price > order.price;
    const quantity = isThrough ? remaining(order) : least(remaining(order), trades.left(order.symbol, trade));
    if (quantity > 0n) {
      trades.use(order.symbol, trade, quantity);
      fillOrder(trading, order, { price: order.price, quantity, time, isMaker: true });
      updateList(trading, order, time);
    }
    return;
  }
  if (order.trailingDelta > 0 && order.trailingTime === -1) {
    order.trailingTime = time;
    order.trailingExtreme = price;
    return;
  }
  expireSiblings(trading, order, time);
  order.workingTime = time;
  order.updateTime = time;
  matchNow(trading, order, time);
  updateList(trading, order, time);
}

function trailOf({ symbol, side, trailingDelta, trailingExtreme }: Order): Trail {
  return { symbol, side, delta: trailingDelta, extreme: trailingExtreme };
}

function extremeAt({ market }: Trading, order: Order, to: number): bigint {
  if (isWorking(order) || order.trailingTime === -1) {
    return order.trailingExtreme;
  }
  const followed = followPrice(market, trailOf(order), order.seenUntil, to);
  return "extreme" in followed ? followed.extreme : order.trailingExtreme;
}

/** The best price is filled first, and among the same prices the oldest order. */
function byTimeAndPriority(left: Upcoming, right: Upcoming): number {
  if (left.trade.time !== right.trade.time) {
    return left.trade.time - right.trade.time;
  }
  if (left.order.price !== right.order.price) {
    return left.order.price > right.order.price === (left.order.side === "BUY") ? -1 : 1;
  }
  return left.order.id - right.order.id;
}

/** How much of a market's trade the account's orders have not yet had. */
class TradedQuantities {
  readonly #used = new Map<string, bigint>();

  left(symbol: string, { id, quantity }: Trade): bigint {
    return quantity - (this.#used.get(`${symbol} ${id}`) ?? 0n);
  }

  use(symbol: string, trade: Trade, quantity: bigint): void {
    this.#used.set(`${symbol} ${trade.id}`, trade.quantity - this.left(symbol, trade) + quantity);
  }
}
