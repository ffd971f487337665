import type { Route, SignedCall } from "../../call.ts";
import { formatDecimal } from "../../decimal.ts";
import { noSuchOrder } from "../../order-errors.ts";
import { isPending, type Order, type OrderList } from "../../trading/order.ts";
import { clientId, decimal, inRange, orderNameIn, rangeIn, required, symbolIn } from "../read.ts";
import { listedOrders } from "./order-json.ts";
import { checkMayCancel } from "./permission.ts";

export const amendRoutes: Route[] = [
  {
    method: "PUT",
    path: "/api/v3/order/amend/keepPriority",
    weight: 4,
    security: "TRADE",
    parameters: ["symbol", "orderId", "origClientOrderId", "newClientOrderId", "newQty"],
    answer: amend,
  },
  {
    method: "GET",
    path: "/api/v3/order/amendments",
    weight: 4,
    security: "USER_DATA",
    parameters: ["symbol", "orderId", "fromExecutionId", "limit"],
    answer: amendments,
  },
];

function amend(call: SignedCall): object {
  const { exchange, values } = call;
  const symbol = symbolIn(exchange, values);
  const name = orderNameIn(values);
  required(values, "newQty");
  const newQty = decimal(values, "newQty");
  checkMayCancel(call);
  const { order, amendment } = exchange.trading.amend(
    symbol,
    name,
    newQty,
    clientId(values, "newClientOrderId"),
  );
  const list = exchange.trading.list({ id: order.listId });
  return {
    transactTime: amendment.time,
    executionId: amendment.executionId,
    amendedOrder: amendedJson(order, amendment.origClientOrderId),
    ...(list ? { listStatus: listStatus(list, exchange.trading.ordersOf(list)) } : {}),
  };
}

function amendments({ exchange, values }: SignedCall): object {
  const symbol = symbolIn(exchange, values);
  required(values, "orderId");
  const order = exchange.trading.order(symbol, orderNameIn(values));
  if (!order) {
    throw noSuchOrder();
  }
  const range = rangeIn(values, "fromExecutionId");
  const all = order.amendments.map((amendment) => ({ ...amendment, id: amendment.executionId }));
  return inRange(all, range, ({ time }) => time).map((amendment) => ({
    symbol,
    orderId: order.id,
    executionId: amendment.executionId,
    origClientOrderId: amendment.origClientOrderId,
    newClientOrderId: amendment.newClientOrderId,
    origQty: formatDecimal(amendment.origQty),
    newQty: formatDecimal(amendment.newQty),
    time: amendment.time,
  }));
}

/** The order with the names that only this answer has. */
function amendedJson(order: Order, origClientOrderId: string): object {
  return {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: order.listId,
    origClientOrderId,
    clientOrderId: order.clientOrderId,
    price: formatDecimal(order.price),
    qty: formatDecimal(order.quantity),
    executedQty: formatDecimal(order.executed),
    preventedQty: formatDecimal(0n),
    quoteOrderQty: formatDecimal(order.quoteOrderQuantity),
    cumulativeQuoteQty: formatDecimal(order.executedQuote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    ...(isPending(order) ? {} : { workingTime: order.workingTime }),
    selfTradePreventionMode: order.selfTradePreventionMode,
  };
}

/** The list with the fields that this answer has. */
function listStatus(list: OrderList, orders: readonly Order[]): object {
  return {
    orderListId: list.id,
    contingencyType: list.contingencyType,
    listOrderStatus: list.isDone ? "ALL_DONE" : "EXECUTING",
    listClientOrderId: list.clientOrderId,
    symbol: list.symbol,
    orders: listedOrders(orders),
  };
}
