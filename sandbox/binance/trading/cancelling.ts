import { filterFailure } from "../errors.ts";
import { amendRejected, cancelRejected } from "../order-errors.ts";
import { cancelOne, finishList, lockOf, relock, reportList, rulesOf, type Trading } from "./execution.ts";
import { type Amendment, isOpen, isPending, type Order, type OrderList, remaining } from "./order.ts";
import { newClientOrderId } from "./placing.ts";
import { executionReport } from "./user-events.ts";

/** How a request names an order. Documented: if both are sent, both must fit. */
export interface OrderName {
  orderId?: number | undefined;
  clientOrderId?: string | undefined;
}

/** How a request names an order list. */
export interface ListName {
  id?: number | undefined;
  clientOrderId?: string | undefined;
}

export type CancelRestrictions = "ONLY_NEW" | "ONLY_PARTIALLY_FILLED";

/** An order that was canceled, with the id that the request gave it. */
export interface Canceled {
  order: Order;
  /** The id of the request. */
  clientOrderId: string;
}

export function findOrder({ store }: Trading, symbol: string, name: OrderName): Order | undefined {
  const { orderId, clientOrderId } = name;
  if (orderId === undefined) {
    return clientOrderId === undefined ? undefined : store.byClientId(symbol, clientOrderId);
  }
  const order = store.byId(orderId);
  const fits = clientOrderId === undefined || order?.clientOrderId === clientOrderId;
  return order?.symbol === symbol && fits ? order : undefined;
}

/** @throws ErrorAnswer if there is no such open order */
export function findOpenOrder(trading: Trading, symbol: string, name: OrderName): Order {
  const named = findOrder(trading, symbol, name);
  // A client id may be used again as soon as its order is done.
  const order =
    named ?? trading.store.open(symbol).find((one) => name.orderId === undefined && isNamed(one, name));
  if (!order || !isOpen(order)) {
    throw cancelRejected("Unknown order sent.");
  }
  return order;
}

function isNamed(order: Order, { clientOrderId }: OrderName): boolean {
  return order.clientOrderId === clientOrderId;
}

export function checkRestrictions({ status }: Order, restrictions: CancelRestrictions | undefined): void {
  const wanted = restrictions === "ONLY_NEW" ? "NEW" : "PARTIALLY_FILLED";
  if (restrictions !== undefined && status !== wanted) {
    throw cancelRejected("Order was not canceled due to cancel restrictions.");
  }
}

/** Cancels an order. Documented: if it is part of a list, the whole list is canceled. */
export function cancelOrder(
  trading: Trading,
  order: Order,
  clientOrderId: string | undefined,
  time: number,
): Canceled[] {
  const id = clientOrderId ?? newClientOrderId();
  const list = trading.store.list(order.listId);
  const orders = list ? trading.store.ordersOf(list).filter(isOpen) : [order];
  for (const one of orders) {
    cancelOne(trading, one, id, time);
  }
  finishList(trading, order, time);
  return orders.map((one) => ({ order: one, clientOrderId: id }));
}

/** @throws ErrorAnswer if there is no such list, or it is done */
export function findOpenList({ store }: Trading, symbol: string, name: ListName): OrderList {
  const list = store
    .openLists(symbol)
    .find(
      ({ id, clientOrderId }) =>
        id === (name.id ?? id) && clientOrderId === (name.clientOrderId ?? clientOrderId),
    );
  if (!list) {
    // assumed: the text.
    throw cancelRejected("Unknown order list sent.");
  }
  return list;
}

/** Documented in order_amend_keep_priority.md: the quantity gets smaller; in an OCO, that of both orders. */
export function amendOrder(
  trading: Trading,
  order: Order,
  newQty: bigint,
  clientOrderId: string | undefined,
  time: number,
): Amendment {
  checkAmendment(trading, order, newQty);
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

function checkAmendment(trading: Trading, order: Order, newQty: bigint): void {
  const { lotSize, maxNumOrderAmends } = rulesOf(trading, order.symbol).filters;
  if (!isOpen(order)) {
    throw amendRejected("Unknown order sent.");
  }
  if (isPending(order) && trading.store.list(order.listId)?.isPaying) {
    throw amendRejected("Order amend (pending OPO order) is not supported.");
  }
  if (newQty === order.quantity) {
    throw amendRejected("The requested action would change no state; rejecting.");
  }
  if (newQty > order.quantity) {
    throw amendRejected("Order amend (quantity increase) is not supported.");
  }
  if (order.amendments.length >= maxNumOrderAmends) {
    throw amendRejected("Filter failure: MAX_NUM_ORDER_AMENDS");
  }
  const isOnStep = lotSize.stepSize === 0n || newQty % lotSize.stepSize === 0n;
  // assumed: what is already filled can't be amended away.
  if (newQty < lotSize.minQty || !isOnStep || newQty <= order.quantity - remaining(order)) {
    throw filterFailure("LOT_SIZE");
  }
}
