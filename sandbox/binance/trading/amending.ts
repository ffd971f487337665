import { least } from "../decimal.ts";
import { filterFailure } from "../errors.ts";
import { amendRejected } from "../order-errors.ts";
import { lockOf, relock, reportList, rulesOf, type Trading } from "./execution.ts";
import { checkFilters } from "./filters.ts";
import { type Amendment, isPending, type Order } from "./order.ts";
import { checkClientOrderId, newClientOrderId } from "./placing.ts";
import { executionReport } from "./user-events.ts";

/** Documented in order_amend_keep_priority.md: the quantity gets smaller; in an OCO, that of both orders. */
export function amendOrder(
  trading: Trading,
  order: Order,
  newQty: bigint,
  clientOrderId: string | undefined,
  time: number,
): Amendment {
  checkAmendment(trading, order, newQty, time);
  if (clientOrderId !== order.clientOrderId) {
    checkClientOrderId(trading, { symbol: order.symbol, clientOrderId });
  }
  const list = trading.store.list(order.listId);
  const locked = lockOf(trading, order);
  const amendment: Amendment = {
    executionId: trading.store.nextExecutionId(),
    time,
    origClientOrderId: order.clientOrderId,
    newClientOrderId: clientOrderId ?? newClientOrderId(),
    origQty: order.quantity,
    newQty,
  };
  order.clientOrderId = amendment.newClientOrderId;
  for (const one of trading.store.exclusiveWith(order)) {
    one.quantity = newQty;
    one.icebergQuantity = least(one.icebergQuantity, newQty);
    one.updateTime = time;
  }
  relock(trading, order, locked);
  const { executionId: id, origClientOrderId } = amendment;
  trading.emit(executionReport(order, { type: "REPLACED", id, time, origClientOrderId }));
  order.amendments.push(amendment);
  if (list && origClientOrderId !== order.clientOrderId) {
    reportList(trading, list, time, true);
  }
  return amendment;
}

function checkAmendment(trading: Trading, order: Order, newQty: bigint, time: number): void {
  const { filters } = rulesOf(trading, order.symbol);
  if (isPending(order) && trading.store.list(order.listId)?.isPaying) {
    throw amendRejected("Order amend (pending OPO order) is not supported.");
  }
  if (newQty === order.quantity) {
    throw amendRejected("The requested action would change no state; rejecting.");
  }
  if (newQty > order.quantity) {
    throw amendRejected("Order amend (quantity increase) is not supported.");
  }
  if (order.amendments.length >= filters.maxNumOrderAmends) {
    throw filterFailure("MAX_NUM_ORDER_AMENDS");
  }
  // assumed: what is already filled can't be amended away.
  if (newQty <= order.executed) {
    throw filterFailure("LOT_SIZE");
  }
  // Documented: an amendment adds no order to those that filters count.
  checkFilters(
    { ...order, quantity: newQty, icebergQuantity: least(order.icebergQuantity, newQty) },
    {
      filters,
      averagePrice: (minutes) => trading.market.averagePrice(order.symbol, time, minutes),
      ...{ openOrders: [], openLists: 0, companions: [] },
    },
  );
}
