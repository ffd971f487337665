import { formatDecimal } from "../../decimal.ts";
import type { Canceled } from "../../trading/cancelling.ts";
import {
  type Fill,
  isContingent,
  isPending,
  isWorking,
  type Order,
  type OrderList,
} from "../../trading/order.ts";

// Orders, lists and trades as rest-api.md shows them.

export const responseTypes = ["ACK", "RESULT", "FULL"] as const;
export type ResponseType = (typeof responseTypes)[number];

/** The answer to a new order. */
export function placedJson(order: Order, type: ResponseType): object {
  const ack = {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: order.listId,
    clientOrderId: order.clientOrderId,
    transactTime: order.time,
  };
  if (type === "ACK") {
    return ack;
  }
  const result = { ...ack, ...state(order), workingTime: order.workingTime, ...preventionAndExpiry(order) };
  return type === "RESULT" ? result : { ...result, fills: order.fills.map(fillJson) };
}

/** The answer to a query. */
export function orderJson(order: Order): object {
  return {
    symbol: order.symbol,
    orderId: order.id,
    orderListId: order.listId,
    clientOrderId: order.clientOrderId,
    ...state(order),
    stopPrice: formatDecimal(order.stopPrice),
    icebergQty: formatDecimal(order.icebergQuantity),
    time: order.time,
    updateTime: order.updateTime,
    isWorking: isWorking(order),
    workingTime: order.workingTime,
    ...preventionAndExpiry(order),
  };
}

/** The answer when an order was canceled. */
export function canceledJson({ order, clientOrderId }: Canceled): object {
  return {
    symbol: order.symbol,
    origClientOrderId: order.clientOrderId,
    orderId: order.id,
    orderListId: order.listId,
    clientOrderId,
    transactTime: order.updateTime,
    ...state(order),
    ...preventionAndExpiry(order),
  };
}

export function listJson(list: OrderList, orders: readonly Order[]): object {
  return {
    orderListId: list.id,
    contingencyType: list.contingencyType,
    listStatusType: list.isDone ? "ALL_DONE" : "EXEC_STARTED",
    listOrderStatus: list.isDone ? "ALL_DONE" : "EXECUTING",
    listClientOrderId: list.clientOrderId,
    transactionTime: list.transactionTime,
    symbol: list.symbol,
    orders: listedOrders(orders),
  };
}

export function listedOrders(orders: readonly Order[]): object[] {
  return orders.map(({ symbol, id, clientOrderId }) => ({ symbol, orderId: id, clientOrderId }));
}

export function tradeJson(fill: Fill): object {
  return {
    symbol: fill.symbol,
    id: fill.id,
    orderId: fill.orderId,
    orderListId: fill.listId,
    price: formatDecimal(fill.price),
    qty: formatDecimal(fill.quantity),
    quoteQty: formatDecimal(fill.quote),
    commission: formatDecimal(fill.commission),
    commissionAsset: fill.commissionAsset,
    time: fill.time,
    isBuyer: fill.isBuyer,
    isMaker: fill.isMaker,
    isBestMatch: true,
  };
}

function fillJson(fill: Fill): object {
  return {
    price: formatDecimal(fill.price),
    qty: formatDecimal(fill.quantity),
    commission: formatDecimal(fill.commission),
    commissionAsset: fill.commissionAsset,
    tradeId: fill.id,
  };
}

function state(order: Order): object {
  return {
    price: formatDecimal(order.price),
    // Documented: a pending order that the working order pays for has none.
    ...(isPending(order) && order.quantity === 0n ? {} : { origQty: formatDecimal(order.quantity) }),
    executedQty: formatDecimal(order.executed),
    origQuoteOrderQty: formatDecimal(order.quoteOrderQuantity),
    // Binance's spelling.
    cummulativeQuoteQty: formatDecimal(order.executedQuote),
    status: order.status,
    timeInForce: order.timeInForce,
    type: order.type,
    side: order.side,
    // Documented under "Conditional fields in Order Responses".
    ...(isContingent(order.type) ? { stopPrice: formatDecimal(order.stopPrice) } : {}),
    ...(order.icebergQuantity > 0n ? { icebergQty: formatDecimal(order.icebergQuantity) } : {}),
    ...(order.trailingDelta > 0
      ? { trailingDelta: order.trailingDelta, trailingTime: order.trailingTime }
      : {}),
    ...(order.strategyId === undefined ? {} : { strategyId: order.strategyId }),
    ...(order.strategyType === undefined ? {} : { strategyType: order.strategyType }),
  };
}

function preventionAndExpiry(order: Order): object {
  return {
    selfTradePreventionMode: order.selfTradePreventionMode,
    ...(order.expiryReason === undefined ? {} : { expiryReason: order.expiryReason }),
  };
}
