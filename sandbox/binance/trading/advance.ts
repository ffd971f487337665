import { least } from "../decimal.ts";
import type { Trade } from "../market/types.ts";
import {
  expire,
  expireSiblings,
  fillOrder,
  finishList,
  lockOf,
  reportBalances,
  rulesOf,
  type Trading,
} from "./execution.ts";
import { quoteOf } from "./matching.ts";
import { isAtMarket, isOpen, isWorking, type Order, remaining, triggersAbove } from "./order.ts";
import { followPrice, type Trail } from "./retracement.ts";
import { takingOf } from "./taking.ts";

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
    found.delete(next.order);
    reportBalances(trading, next.trade.time);
  }
  for (const order of trading.store.open()) {
    order.trailingExtreme = extremeAt(trading, order, to);
    order.seenUntil = Math.max(order.seenUntil, to);
  }
}

/** When the market will next do something to an open order, if not before this time. Nothing is changed. */
export function nextEvent(trading: Trading, to: number): number | undefined {
  const times = trading.store.open().flatMap((order) => upcomingTrade(trading, order, to)?.time ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Matches an order with the book, as one that has just come in. */
export function matchNow(trading: Trading, order: Order, time: number): void {
  const { balances } = trading;
  const { quoteAsset } = rulesOf(trading, order.symbol);
  const taking = takingOf(trading, order, remaining(order), time);
  if (order.quoteOrderQuantity > 0n) {
    order.quantity = taking.quantity;
  }
  if (order.timeInForce === "FOK" && taking.quantity < remaining(order)) {
    expire(trading, order, "UNFILLED_FOK_ORDER_EXPIRED", time);
    return;
  }
  // A stop order to buy at any price may cost more than what was locked for it.
  const locked = least(
    lockOf(trading, order),
    quoteOf({ price: order.lockPrice, quantity: taking.quantity }),
  );
  if (order.side === "BUY" && taking.quote > balances.free(quoteAsset) + locked) {
    expire(trading, order, "REJECTED", time);
    return;
  }
  let reserved = order.side === "BUY" ? taking.quote : taking.quantity;
  for (const fill of taking.fills) {
    reserved -= order.side === "BUY" ? quoteOf(fill) : fill.quantity;
    fillOrder(trading, order, { ...fill, time, isMaker: false, reserved });
  }
  if (isOpen(order) && isAtMarket(order.type)) {
    expire(trading, order, "INSUFFICIENT_LIQUIDITY", time);
  } else if (isOpen(order) && order.timeInForce === "IOC") {
    expire(trading, order, "UNFILLED_IOC_QUANTITY_EXPIRED", time);
  }
}

/** The first trade until this time that fills an order, triggers it, or makes it follow the price. */
function upcomingTrade({ market }: Trading, order: Order, to: number): Trade | undefined {
  const { symbol, seenUntil } = order;
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
  finishList(trading, order, time);
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
