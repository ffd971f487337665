import type { TradedSymbol } from "../catalogue/symbols.ts";
import { greatest, multiply } from "../decimal.ts";
import type { Market } from "../market/market.ts";
import type { Balances } from "./balances.ts";
import { type Commission, commissionOf } from "./commission.ts";
import { quoteOf } from "./matching.ts";
import {
  type ExpiryReason,
  type Fill,
  isOpen,
  isPending,
  type Order,
  type OrderList,
  remaining,
} from "./order.ts";
import type { OrderCount } from "./order-count.ts";
import type { OrderStore } from "./order-store.ts";
import {
  accountPosition,
  type Execution,
  executionReport,
  listStatus,
  type UserEvent,
} from "./user-events.ts";

/** What everything that happens to orders works on. */
export interface Trading {
  readonly market: Market;
  readonly balances: Balances;
  readonly store: OrderStore;
  readonly count: OrderCount;
  /** Whether the account pays its commissions in BNB, with a discount. */
  readonly paysInBnb: () => boolean;
  readonly emit: (event: UserEvent) => void;
}

/** A trade of one of the account's orders. */
export interface Match {
  price: bigint;
  quantity: bigint;
  time: number;
  isMaker: boolean;
  /** What the order's next fills will pay. A commission must not use it up. */
  reserved?: bigint;
}

/** @throws Error if the symbol isn't known, which a request's checks have excluded */
export function rulesOf(trading: Pick<Trading, "market">, symbol: string): TradedSymbol {
  const rules = trading.market.symbol(symbol);
  if (!rules) {
    throw new Error(`there is no symbol ${symbol}`);
  }
  return rules;
}

export function report(trading: Trading, order: Order, execution: Omit<Execution, "id">): void {
  trading.emit(executionReport(order, { ...execution, id: trading.store.nextExecutionId() }));
}

/** Reports the balances that changed since the last time. */
export function reportBalances({ balances, emit }: Trading, time: number): void {
  const changed = balances.takeChanged();
  if (changed.length > 0) {
    emit(accountPosition(balances, changed, time));
  }
}

/** Locks what an order needs together with those that share its lock, and frees what they no longer need. */
export function relock(trading: Trading, order: Order, locked: bigint): void {
  trading.balances.lock(payingAsset(trading, order), lockOf(trading, order) - locked);
}

/** What an order and those that share its lock need to have locked. Only one of them can trade. */
export function lockOf({ store }: Pick<Trading, "store">, order: Order): bigint {
  return greatest(0n, ...store.exclusiveWith(order).map(needOf));
}

/** assumed: a pending order locks nothing, apart from what the working order has bought for it. */
function needOf(order: Order): bigint {
  if (isPending(order)) {
    return order.received;
  }
  if (!isOpen(order) || order.type === "MARKET") {
    return 0n;
  }
  return order.side === "SELL" ? remaining(order) : multiply(order.lockPrice, remaining(order), "up");
}

function payingAsset(trading: Trading, { symbol, side }: Order): string {
  const { baseAsset, quoteAsset } = rulesOf(trading, symbol);
  return side === "BUY" ? quoteAsset : baseAsset;
}

/** Fills an order, wholly or partly: moves the assets, takes the commission, and reports it. */
export function fillOrder(trading: Trading, order: Order, match: Match): void {
  const { symbol, id: orderId, listId } = order;
  const { price, quantity, time, isMaker } = match;
  const isBuyer = order.side === "BUY";
  expireSiblings(trading, order, time);
  if (order.executed === 0n) {
    trading.count.filled(isMaker, time);
  }
  const quote = quoteOf(match);
  const commission = exchange(trading, order, match);
  const { id } = trading.market.addFill(symbol, {
    ...{ time, price, quantity },
    isBuyerMaker: isBuyer === isMaker,
  });
  const fill: Fill = {
    ...{ id, symbol, orderId, listId, price, quantity, quote },
    ...{ commission: commission.amount, commissionAsset: commission.asset },
    ...{ time, isBuyer, isMaker },
  };
  order.fills.push(fill);
  trading.store.addFill(fill);
  report(trading, order, { type: "TRADE", time, fill });
}

/** Exchanges the assets of a fill. @returns the commission that was taken */
function exchange(trading: Trading, order: Order, match: Match): Commission {
  const { balances } = trading;
  const { baseAsset, quoteAsset } = rulesOf(trading, order.symbol);
  const { quantity, time, reserved = 0n } = match;
  const quote = quoteOf(match);
  const [paid, received] =
    order.side === "BUY"
      ? [
          { asset: quoteAsset, amount: quote },
          { asset: baseAsset, amount: quantity },
        ]
      : [
          { asset: baseAsset, amount: quantity },
          { asset: quoteAsset, amount: quote },
        ];
  const freeBefore = balances.free(received.asset);
  const locked = lockOf(trading, order);
  order.executed += quantity;
  order.executedQuote += quote;
  order.updateTime = time;
  order.status = remaining(order) === 0n ? "FILLED" : "PARTIALLY_FILLED";
  balances.payFromLock(paid.asset, paid.amount, locked - lockOf(trading, order));
  balances.add(received.asset, received.amount);

  const commission = commissionOf({
    ...{ side: order.side, baseAsset, quoteAsset, quantity, quote },
    freeBnb: trading.paysInBnb() ? balances.free("BNB") - (paid.asset === "BNB" ? reserved : 0n) : undefined,
    bnbPrice: (asset) => priceOfBnb(trading, asset, time),
  });
  balances.add(commission.asset, -commission.amount);
  // Documented in opo.md: the commission is taken from what was free, if it isn't in BNB and that is enough.
  const isDeducted =
    commission.asset === received.asset && (received.asset === "BNB" || freeBefore < commission.amount);
  keepForPending(trading, order, isDeducted ? received.amount - commission.amount : received.amount);
  return commission;
}

function priceOfBnb({ market }: Trading, asset: string, time: number): bigint | undefined {
  const symbol = `BNB${asset}`;
  return market.symbol(symbol) ? market.lastTrade(symbol, time).price : undefined;
}

/** Locks what was bought, if it pays for the pending orders of the list. */
function keepForPending(trading: Trading, order: Order, bought: bigint): void {
  const list = trading.store.list(order.listId);
  const pending = list?.isPaying ? trading.store.pendingOf(list) : [];
  const [first] = pending;
  if (!first) {
    return;
  }
  const locked = lockOf(trading, first);
  for (const one of pending) {
    one.received += bought;
  }
  relock(trading, first, locked);
}

/** Ends an order by the exchange's rules. */
export function expire(trading: Trading, order: Order, reason: ExpiryReason, time: number): void {
  end(trading, order, "EXPIRED", time);
  order.expiryReason = reason;
  report(trading, order, { type: "EXPIRED", time });
}

/** Ends an order by the client's wish. @param clientOrderId the id of the request to cancel it */
export function cancelOne(trading: Trading, order: Order, clientOrderId: string, time: number): void {
  end(trading, order, "CANCELED", time);
  const origClientOrderId = order.clientOrderId;
  report(trading, order, { type: "CANCELED", time, clientOrderId, origClientOrderId });
}

function end(trading: Trading, order: Order, status: "EXPIRED" | "CANCELED", time: number): void {
  const locked = lockOf(trading, order);
  order.status = status;
  order.updateTime = time;
  relock(trading, order, locked);
}

/** Documented: the activation of one order of an OCO cancels the other. */
export function expireSiblings(trading: Trading, order: Order, time: number): void {
  for (const sibling of trading.store.exclusiveWith(order)) {
    if (sibling !== order && isOpen(sibling)) {
      expire(trading, sibling, "OCO_TRIGGER", time);
    }
  }
}

/** Reports the end of a list when none of its orders is open any more. */
export function finishList(trading: Trading, order: Order, time: number): void {
  const list = trading.store.list(order.listId);
  if (!list || list.isDone) {
    return;
  }
  const orders = trading.store.ordersOf(list);
  if (!orders.some(isOpen)) {
    list.isDone = true;
    reportList(trading, list, time);
  }
}

export function reportList({ emit, store }: Trading, list: OrderList, time: number, isUpdate = false): void {
  emit(listStatus(list, store.ordersOf(list), time, isUpdate));
}
