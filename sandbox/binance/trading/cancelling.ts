import { cancelRejected } from "../order-errors.ts";
import { cancelOne, finishList, type Trading } from "./execution.ts";
import { isOpen, type Order, type OrderList } from "./order.ts";
import { newClientOrderId } from "./placing.ts";

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
export function findOpenOrder(
  trading: Trading,
  symbol: string,
  name: OrderName,
  reject = cancelRejected,
): Order {
  const order = trading.store
    .open(symbol)
    .find(
      ({ id, clientOrderId }) =>
        id === (name.orderId ?? id) && clientOrderId === (name.clientOrderId ?? clientOrderId),
    );
  if (!order) {
    throw reject("Unknown order sent.");
  }
  return order;
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
