import type { Exchange } from "../../state/exchange.ts";
import type { OrderList } from "../../trading/order.ts";
import type { PlacedList } from "../../trading/oto.ts";
import { canceledJson, listJson, placedJson, type ResponseType } from "./order-json.ts";

/** A list as a query returns it. */
export function queriedList({ trading }: Exchange, list: OrderList): object {
  return listJson(list, trading.ordersOf(list));
}

/** The answer to a new list. */
export function placedList({ list, orders }: PlacedList, type: ResponseType): object {
  return { ...listJson(list, orders), orderReports: orders.map((order) => placedJson(order, type)) };
}

/** The answer when a list was canceled. Its orders that were done before that are not reported. */
export function canceledList({ trading }: Exchange, list: OrderList, clientOrderId: string): object {
  const orders = trading.ordersOf(list);
  const canceled = orders.filter(({ status }) => status === "CANCELED");
  return {
    ...listJson(list, orders),
    orderReports: canceled.map((order) => canceledJson({ order, clientOrderId })),
  };
}
