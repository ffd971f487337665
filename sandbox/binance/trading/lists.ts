import { least, roundToStep } from "../decimal.ts";
import { ErrorAnswer } from "../errors.ts";
import { expire, finishList, lockOf, relock, report, rulesOf, type Trading } from "./execution.ts";
import { matchNow } from "./match-now.ts";
import { checkPair } from "./oco.ts";
import { isContingent, type Order, type OrderList } from "./order.ts";
import { checkMatching, checkOrder, lockPriceOf } from "./placing.ts";

/** Does what the new state of an order means for the others of its list, and reports the end of the list. */
export function updateList(trading: Trading, order: Order, time: number): void {
  const list = trading.store.list(order.listId);
  if (list?.workingId === order.id && order.status === "FILLED") {
    placePending(trading, list, time);
  }
  if (list?.workingId === order.id && order.status === "EXPIRED") {
    for (const pending of trading.store.pendingOf(list)) {
      expire(trading, pending, "OTO_PHASE_ONE_EXPIRED", time);
    }
  }
  finishList(trading, order, time);
}

/** Places the pending orders of a list. Documented: those that the matching engine refuses then expire. */
function placePending(trading: Trading, list: OrderList, time: number): void {
  const orders = trading.store.pendingOf(list);
  const [first] = orders;
  if (!first) {
    return;
  }
  const locked = lockOf(trading, first);
  for (const order of orders) {
    order.quantity = list.isPaying ? quantityFrom(trading, order) : order.quantity;
    order.lockPrice = lockPriceOf(trading, order, time);
    order.seenUntil = time;
  }
  if (isRefused(trading, orders, { time, locked })) {
    orders.forEach((order) => {
      expire(trading, order, "REJECTED", time);
    });
    return;
  }
  for (const order of orders) {
    order.status = "NEW";
    order.updateTime = time;
    order.workingTime = isContingent(order.type) ? -1 : time;
  }
  relock(trading, first, locked);
  orders.forEach((order) => {
    report(trading, order, { type: "NEW", time });
  });
  if (orders.length === 1 && !isContingent(first.type)) {
    matchNow(trading, first, time);
  }
}

/** Documented in opo.md: what was received, as far as the filters of quantities allow it. */
function quantityFrom(trading: Trading, { symbol, type, received }: Order): bigint {
  const { lotSize, marketLotSize } = rulesOf(trading, symbol).filters;
  const filters = type === "MARKET" ? [lotSize, marketLotSize] : [lotSize];
  return filters.reduce((quantity, { maxQty, stepSize }) => {
    const allowed = maxQty === 0n ? quantity : least(quantity, maxQty);
    return stepSize === 0n ? allowed : roundToStep(allowed, stepSize, "down");
  }, received);
}

function isRefused(
  trading: Trading,
  orders: readonly Order[],
  { time, locked }: { time: number; locked: bigint },
): boolean {
  const [first, second] = orders;
  try {
    for (const order of orders) {
      const companions = orders.filter((other) => other !== order);
      checkOrder(trading, order, time, { companions, listId: order.listId });
    }
    if (first && second) {
      checkPair(trading, [first, second], time, locked);
    } else if (first) {
      checkMatching(trading, first, time, locked);
    }
    return false;
  } catch (error) {
    if (error instanceof ErrorAnswer) {
      return true;
    }
    throw error;
  }
}
