import { marginAsset } from "../../catalogue/contracts.ts";
import { formatDecimal, formatPlaces } from "../../decimal.ts";
import type { FuturesEngine } from "../../futures/engine.ts";
import type { AlgoOrder, FuturesTrade, Order } from "../../futures/types.ts";
import { averagePrice } from "../../futures/user-events.ts";

// Orders and trades of futures in answers, with the documented fields.

function placesOf(
  { futures }: { futures: FuturesEngine },
  symbol: string,
): { price: number; quantity: number } {
  return futures.contract(symbol)?.places ?? { price: 8, quantity: 8 };
}

/** What all answers say of an order. */
function sharedJson(exchange: { futures: FuturesEngine }, order: Order): object {
  const places = placesOf(exchange, order.symbol);
  return {
    orderId: order.id,
    symbol: order.symbol,
    status: order.status,
    clientOrderId: order.clientOrderId,
    price: formatPlaces(order.price, places.price),
    origQty: formatPlaces(order.quantity, places.quantity),
    executedQty: formatPlaces(order.executed, places.quantity),
    timeInForce: order.timeInForce,
    type: order.type,
    reduceOnly: order.reduceOnly,
    closePosition: order.closePosition,
    side: order.side,
    positionSide: order.positionSide,
    stopPrice: "0",
    workingType: "CONTRACT_PRICE",
    priceProtect: false,
    origType: order.origType,
    priceMatch: "NONE",
    selfTradePreventionMode: "EXPIRE_MAKER",
    goodTillDate: 0,
    updateTime: order.updateTime,
  };
}

/** An order as the calls that place, change or cancel one answer. Documented: without its average price since July 2026. */
export function changedJson(exchange: { futures: FuturesEngine }, order: Order): object {
  const { quantity } = placesOf(exchange, order.symbol);
  return { ...sharedJson(exchange, order), cumQty: formatPlaces(order.executed, quantity) };
}

/** An order that was just placed. Documented: an acknowledgement says nothing of its fills. */
export function placedJson(
  exchange: { futures: FuturesEngine },
  order: Order,
  responseType: "ACK" | "RESULT",
): object {
  const asPlaced = { ...order, status: "NEW" as const, executed: 0n };
  return changedJson(exchange, responseType === "RESULT" ? order : asPlaced);
}

/** An order as queries answer. */
export function orderJson(exchange: { futures: FuturesEngine }, order: Order): object {
  return {
    ...sharedJson(exchange, order),
    avgPrice: formatPlaces(averagePrice(order), placesOf(exchange, order.symbol).price),
    cumQuote: formatDecimal(order.executedQuote),
    time: order.time,
  };
}

export function tradeJson(exchange: { futures: FuturesEngine }, trade: FuturesTrade): object {
  const places = placesOf(exchange, trade.symbol);
  return {
    symbol: trade.symbol,
    id: trade.id,
    orderId: trade.orderId,
    side: trade.side,
    price: formatPlaces(trade.price, places.price),
    qty: formatPlaces(trade.quantity, places.quantity),
    realizedPnl: formatDecimal(trade.realized),
    quoteQty: formatDecimal(trade.quote),
    commission: formatDecimal(trade.commission),
    commissionAsset: marginAsset,
    time: trade.time,
    positionSide: trade.positionSide,
    buyer: trade.side === "BUY",
    maker: trade.isMaker,
  };
}

/** A conditional order. */
export function algoJson(exchange: { futures: FuturesEngine }, algo: AlgoOrder): object {
  const places = placesOf(exchange, algo.symbol);
  return {
    algoId: algo.id,
    clientAlgoId: algo.clientAlgoId,
    algoType: "CONDITIONAL",
    orderType: algo.type,
    symbol: algo.symbol,
    side: algo.side,
    positionSide: algo.positionSide,
    timeInForce: algo.timeInForce,
    quantity: formatPlaces(algo.quantity, places.quantity),
    algoStatus: algo.status,
    triggerPrice: formatPlaces(algo.triggerPrice, places.price),
    price: formatPlaces(algo.price, places.price),
    icebergQuantity: null,
    selfTradePreventionMode: "EXPIRE_MAKER",
    workingType: algo.workingType,
    priceMatch: "NONE",
    closePosition: algo.closePosition,
    priceProtect: false,
    reduceOnly: algo.reduceOnly,
    createTime: algo.time,
    updateTime: algo.updateTime,
    triggerTime: algo.triggerTime,
    goodTillDate: 0,
  };
}

/** A conditional order as queries answer, with the order that it became. */
export function algoQueryJson(exchange: { futures: FuturesEngine }, algo: AlgoOrder): object {
  const places = placesOf(exchange, algo.symbol);
  const { order } = algo;
  return {
    ...algoJson(exchange, algo),
    actualOrderId: order === undefined ? "" : String(order.id),
    actualPrice: formatPlaces(order ? averagePrice(order) : 0n, places.price),
    ...(order === undefined
      ? {}
      : { actualType: order.type, actualQty: formatPlaces(order.executed, places.quantity) }),
    tpOrderType: "",
  };
}
