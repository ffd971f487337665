import { randomInt } from "node:crypto";
import { multiply, one, parseDecimal } from "../decimal.ts";
import { marketClosed } from "../errors.ts";
import type { Trade } from "../market/types.ts";
import { orderRefused, orderRejected } from "../order-errors.ts";
import { matchNow } from "./advance.ts";
import { relock, report, rulesOf, type Trading } from "./execution.ts";
import { checkFilters } from "./filters.ts";
import { isAtMarket, isContingent, type Order, type OrderRequest, triggersAbove } from "./order.ts";
import { takingOf, wouldTakeNow } from "./taking.ts";

const basisPoint = parseDecimal("0.0001");

/** What can be said about an order without the account's funds. @throws ErrorAnswer if it would be refused */
export function checkOrder(
  trading: Trading,
  request: OrderRequest,
  time: number,
  companions: readonly OrderRequest[] = [],
): void {
  const { market, store } = trading;
  const rules = rulesOf(trading, request.symbol);
  if (!rules.isTrading) {
    throw marketClosed();
  }
  if (request.icebergQuantity > 0n && request.timeInForce !== "GTC") {
    throw orderRefused("Unsupported order combination");
  }
  if (request.icebergQuantity > request.quantity) {
    throw orderRefused("IcebergQty exceeds QTY.");
  }
  checkFilters(request, {
    filters: rules.filters,
    averagePrice: (minutes) => market.averagePrice(request.symbol, time, minutes),
    openOrders: store.open(request.symbol),
    openLists: store.openLists(request.symbol).length,
    companions,
  });
}

/** What only the matching engine can say. @throws ErrorAnswer if it refuses the order */
function checkPlacement(trading: Trading, request: OrderRequest, time: number): void {
  const { market, balances } = trading;
  const rules = rulesOf(trading, request.symbol);
  checkClientOrderId(trading, request);
  if (isContingent(request.type) && triggersAtOnce(request, market.lastTrade(request.symbol, time))) {
    throw orderRejected("Order would trigger immediately.");
  }
  if (request.type === "LIMIT_MAKER" && wouldTakeNow(trading, request, time)) {
    throw orderRejected("Order would immediately match and take.");
  }
  const asset = request.side === "BUY" ? rules.quoteAsset : rules.baseAsset;
  if (fundsFor(trading, request, time) > balances.free(asset)) {
    throw insufficientBalance();
  }
  if (request.quoteOrderQuantity > 0n && takingOf(trading, request, request.quantity, time).quantity === 0n) {
    throw orderRefused("Order book liquidity is less than `LOT_SIZE` filter minimum quantity.");
  }
}

export function insufficientBalance() {
  return orderRejected("Account has insufficient balance for requested action.");
}

/** What the account must have free for an order. */
export function fundsFor(trading: Trading, request: OrderRequest, time: number): bigint {
  if (request.type === "MARKET") {
    const { quantity, quote } = takingOf(trading, request, request.quantity, time);
    if (request.side === "SELL") {
      return request.quoteOrderQuantity > 0n ? quantity : request.quantity;
    }
    return request.quoteOrderQuantity > 0n ? request.quoteOrderQuantity : quote;
  }
  return request.side === "SELL"
    ? request.quantity
    : multiply(lockPriceOf(trading, request, time), request.quantity, "up");
}

/** Makes an order of a request that was checked, and locks its funds. It isn't in the book yet. */
export function acceptOrder(trading: Trading, request: OrderRequest, time: number, listId = -1): Order {
  const { store } = trading;
  const order: Order = {
    ...{ id: store.nextOrderId(), listId, symbol: request.symbol },
    clientOrderId: request.clientOrderId ?? newClientOrderId(),
    ...{ side: request.side, type: request.type, timeInForce: request.timeInForce },
    ...{ quantity: request.quantity, quoteOrderQuantity: request.quoteOrderQuantity, price: request.price },
    ...{ stopPrice: request.stopPrice, icebergQuantity: request.icebergQuantity },
    ...{ trailingDelta: request.trailingDelta, trailingTime: -1, trailingExtreme: 0n },
    ...{ strategyId: request.strategyId, strategyType: request.strategyType },
    selfTradePreventionMode: request.selfTradePreventionMode,
    ...{ status: "NEW", executed: 0n, executedQuote: 0n, expiryReason: undefined },
    ...{ time, updateTime: time, seenUntil: time },
    workingTime: isContingent(request.type) ? -1 : time,
    lockPrice: request.side === "BUY" ? lockPriceOf(trading, request, time) : 0n,
    ...{ amendments: [], fills: [] },
  };
  store.add(order);
  return order;
}

/** Places a single order. It may be filled at once. */
export function placeOrder(trading: Trading, request: OrderRequest, time: number): Order {
  checkPlacement(trading, request, time);
  const order = acceptOrder(trading, request, time);
  relock(trading, order, 0n);
  report(trading, order, { type: "NEW", time });
  if (!isContingent(order.type)) {
    matchNow(trading, order, time);
  }
  return order;
}

/** Documented: unique among the open orders. */
export function checkClientOrderId({ store }: Trading, { symbol, clientOrderId }: OrderRequest): void {
  if (store.open(symbol).some((order) => order.clientOrderId === clientOrderId)) {
    throw orderRejected("Duplicate order sent.");
  }
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Looks like those in the documentation's examples. */
export function newClientOrderId(): string {
  return Array.from({ length: 22 }, () => alphabet.charAt(randomInt(alphabet.length))).join("");
}

/** assumed: with a trailing delta, the stop price may already have been reached. */
function triggersAtOnce(request: OrderRequest, last: Trade): boolean {
  if (request.trailingDelta > 0) {
    return false;
  }
  return triggersAbove(request) ? last.price >= request.stopPrice : last.price <= request.stopPrice;
}

/** assumed: an order that takes any price locks its funds at its stop price, or at the last price with the delta. */
function lockPriceOf({ market }: Trading, request: OrderRequest, time: number): bigint {
  if (request.type === "MARKET") {
    return 0n;
  }
  if (!isAtMarket(request.type)) {
    return request.price;
  }
  if (request.stopPrice > 0n) {
    return request.stopPrice;
  }
  const { price } = market.lastTrade(request.symbol, time);
  return multiply(price, one + BigInt(request.trailingDelta) * basisPoint, "up");
}
