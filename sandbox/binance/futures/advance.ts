import { least, multiply, parseDecimal } from "../decimal.ts";
import type { Trade } from "../market/types.ts";
import { type Futures, markPrice } from "./account.ts";
import { trigger } from "./conditional.ts";
import { fillOrder, reportAccount } from "./execution.ts";
import { notionalOf } from "./positions.ts";
import { type AlgoOrder, type Order, remaining, triggersAbove } from "./types.ts";

/** Documented: every eight hours. */
export const fundingInterval = 8 * 60 * 60_000;
/** Documented: the rate of a premium of zero, which is the interest rate of eight hours. The basis is always zero here. */
export const fundingRate = parseDecimal("0.0001");

/** Something that the market does to the account. */
type Upcoming =
  | { kind: "fill"; order: Order; trade: Trade; time: number; id: number }
  | { kind: "trigger"; algo: AlgoOrder; time: number; id: number }
  | { kind: "funding"; time: number; id: number };

/** Carries out what happens after `from` and until `to`, in the order of time. */
export function advance(futures: Futures, from: number, to: number): void {
  let time = from;
  for (let next = first(futures, time, to); next; next = first(futures, time, to)) {
    time = next.time;
    react(futures, next);
  }
  for (const order of futures.account.openOrders()) {
    order.seenUntil = Math.max(order.seenUntil, to);
  }
  for (const algo of futures.account.openAlgos()) {
    algo.seenUntil = Math.max(algo.seenUntil, to);
  }
}

/** The clock was set back. What has happened stays; from now on, the market can do something to the account again. */
export function goBack({ market, account }: Futures, to: number): void {
  market.forgetFillsAfter(to);
  for (const order of [...account.openOrders(), ...account.openAlgos()]) {
    order.seenUntil = Math.min(order.seenUntil, to);
  }
}

/** When the market will next do something to the account, if that is until this time. Nothing is changed. */
export function nextEvent(futures: Futures, from: number, to: number): number | undefined {
  return first(futures, from, to)?.time;
}

function first(futures: Futures, from: number, to: number): Upcoming | undefined {
  return upcoming(futures, from, to).toSorted((one, other) => one.time - other.time || one.id - other.id)[0];
}

function upcoming({ market, account }: Futures, from: number, to: number): Upcoming[] {
  const fills = account.openOrders().flatMap((order): Upcoming[] => {
    const direction = order.side === "BUY" ? "at-or-below" : "at-or-above";
    const trade = market.firstTrade(order.symbol, direction, order.price, order.seenUntil, to);
    return trade ? [{ kind: "fill", order, trade, time: trade.time, id: order.id }] : [];
  });
  const triggers = account.openAlgos().flatMap((algo): Upcoming[] => {
    const direction = triggersAbove(algo) ? "at-or-above" : "at-or-below";
    const trade = market.firstTrade(algo.symbol, direction, algo.triggerPrice, algo.seenUntil, to);
    return trade ? [{ kind: "trigger", algo, time: trade.time, id: algo.id }] : [];
  });
  const funding = nextFunding(from);
  const isFunded =
    funding <= to && (account.positions.open().length > 0 || fills.length + triggers.length > 0);
  return [...fills, ...triggers, ...(isFunded ? [{ kind: "funding" as const, time: funding, id: 0 }] : [])];
}

/** The first funding after a time. */
export function nextFunding(time: number): number {
  return (Math.floor(time / fundingInterval) + 1) * fundingInterval;
}

function react(futures: Futures, next: Upcoming): void {
  switch (next.kind) {
    case "fill": {
      const { order, trade, time } = next;
      order.seenUntil = time;
      // What trades through the price has filled it wholly; what only touches it fills as much as was traded.
      const isThrough = order.side === "BUY" ? trade.price < order.price : trade.price > order.price;
      const quantity = isThrough ? remaining(order) : least(remaining(order), trade.quantity);
      fillOrder(futures, order, { price: order.price, quantity, time, isMaker: true });
      return;
    }
    case "trigger":
      next.algo.seenUntil = next.time;
      trigger(futures, next.algo, next.time);
      return;
    case "funding":
      payFunding(futures, next.time);
      return;
  }
}

/** Documented: at a positive rate, a long position pays and a short position is paid. */
function payFunding(futures: Futures, time: number): void {
  for (const position of futures.account.positions.open()) {
    const { symbol } = position;
    const amount = -multiply(notionalOf(position, markPrice(futures, symbol, time)), fundingRate, "down");
    futures.account.earn({ symbol, type: "FUNDING_FEE", amount, time, tradeId: "" });
    reportAccount(futures, "FUNDING_FEE", { time, change: amount });
  }
}
