import type { Exchange } from "../../state/exchange.ts";
import type { OrderList } from "../../trading/order.ts";
import { canceledJson, listJson, placedJson, type ResponseType } from "./order-json.ts";

/** A list as a query returns it. */
export function queriedList({ trading }: Exchange, list: OrderList): object {
  return listJson(list, trading.ordersOf(list));
}

/** The answer to a new list. */
export function placedList(exchange: Exchange, list: OrderList, type: ResponseType): object {
  const orders = exchange.trading.ordersOf(list);
  return { ...listJson(list, orders), orderReports: orders.map((order) => placedJson(order, type)) };
}

/** The answer when a list was canceled. */
export function canceledList(exchange: Exchange, list: OrderList, clientOrderId: string): object {
  const orders = exchange.trading.ordersOf(list);
  return {
    ...listJson(list, orders),
    orderReports: orders.map((order) => canceledJson({ order, clientOrderId })),
  };
}
