import { randomInt } from "node:crypto";
import { multiply, one, parseDecimal } from "../decimal.ts";
import { marketClosed } from "../errors.ts";
import type { Trade } from "../market/types.ts";
import { orderRefused, orderRejected } from "../order-errors.ts";
import { relock, report, rulesOf, type Trading } from "./execution.ts";
import { checkFilters } from "./filters.ts";
import { matchNow } from "./match-now.ts";
import { isAtMarket, isContingent, type Order, type OrderRequest, triggersAbove } from "./order.ts";
import { takingOf, wouldTakeNow } from "./taking.ts";

const basisPoint = parseDecimal("0.0001");

/**
 * What can be said about an order without the account's funds.
 *
 * @param options.companions other orders that the same request places
 * @param options.listId the list that it is part of, if it is already placed with others that don't count against it
 * @throws ErrorAnswer if the order would be refused
 */
export function checkOrder(
  trading: Trading,
  request: OrderRequest,
  time: number,
  { companions = [], listId }: { companions?: readonly OrderRequest[]; listId?: number } = {},
): void {
  const { market, store } = trading;
  const rules = rulesOf(trading, request.symbol);
  if (!rules.isTrading) {
    throw marketClosed();
  }
  checkAmounts(request);
  if (request.icebergQuantity > 0n && request.timeInForce !== "GTC") {
    throw orderRefused("Unsupported order combination");
  }
  if (request.icebergQuantity > request.quantity) {
    throw orderRefused("IcebergQty exceeds QTY.");
  }
  checkFilters(request, {
    filters: rules.filters,
    averagePrice: (minutes) => market.averagePrice(request.symbol, time, minutes),
    openOrders: store.open(request.symbol).filter((order) => listId === undefined || order.listId !== listId),
    openLists: store.openLists(request.symbol).filter(({ id }) => id !== listId).length,
    companions,
  });
}

/** People report these texts. */
function checkAmounts({ type, quantity, quoteOrderQuantity, price }: OrderRequest): void {
  if (quantity === 0n && quoteOrderQuantity === 0n) {
    throw orderRefused("Invalid quantity.");
  }
  if (!isAtMarket(type) && price === 0n) {
    throw orderRefused("Invalid price.");
  }
}

/**
 * What only the matching engine can say.
 *
 * @param locked what is already locked for the order
 * @throws ErrorAnswer if it refuses the order
 */
export function checkMatching(trading: Trading, request: OrderRequest, time: number, locked = 0n): void {
  const { market, balances } = trading;
  const rules = rulesOf(trading, request.symbol);
  if (isContingent(request.type) && triggersAtOnce(request, market.lastTrade(request.symbol, time))) {
    throw orderRejected("Order would trigger immediately.");
  }
  if (request.type === "LIMIT_MAKER" && wouldTakeNow(trading, request, time)) {
    throw orderRejected("Order would immediately match and take.");
  }
  const asset = request.side === "BUY" ? rules.quoteAsset : rules.baseAsset;
  if (fundsFor(trading, request, time) > balances.free(asset) + locked) {
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

/** Makes an order of a request that was checked. It isn't in the book yet, and its funds aren't locked. */
export function acceptOrder(
  trading: Trading,
  request: OrderRequest,
  time: number,
  { listId = -1, isPending = false } = {},
): Order {
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
    status: isPending ? "PENDING_NEW" : "NEW",
    ...{ executed: 0n, executedQuote: 0n, expiryReason: undefined },
    ...{ time, updateTime: time, seenUntil: time },
    workingTime: isPending || isContingent(request.type) ? -1 : time,
    lockPrice: lockPriceOf(trading, request, time),
    received: 0n,
    ...{ amendments: [], fills: [] },
  };
  store.add(order);
  return order;
}

/** Places a single order. It may be filled at once. */
export function placeOrder(trading: Trading, request: OrderRequest, time: number): Order {
  checkClientOrderId(trading, request);
  checkMatching(trading, request, time);
  const order = acceptOrder(trading, request, time);
  relock(trading, order, 0n);
  report(trading, order, { type: "NEW", time });
  if (!isContingent(order.type)) {
    matchNow(trading, order, time);
  }
  return order;
}

/** Documented: unique among the open orders. */
export function checkClientOrderId(
  { store }: Trading,
  { symbol, clientOrderId }: Pick<OrderRequest, "symbol" | "clientOrderId">,
): void {
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

/**
 * The price at which an order to buy locks its funds. assumed: if it takes any price, this is its stop price, or the last
 * price with the delta.
 */
export function lockPriceOf({ market }: Trading, request: OrderRequest, time: number): bigint {
  if (request.type === "MARKET" || request.side === "SELL") {
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
