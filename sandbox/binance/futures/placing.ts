import { randomUUID } from "node:crypto";
import type { LotSize } from "../catalogue/filters.ts";
import { formatPlaces, formatShort, greatest, multiply } from "../decimal.ts";
import { contractOf, type Futures, type FuturesAccount, markPrice } from "./account.ts";
import {
  duplicateClientOrderId,
  marginInsufficient,
  notionalTooSmall,
  positionTooLarge,
  priceAboveMark,
  priceBelowMark,
  priceOffTick,
  priceTooHigh,
  priceTooLow,
  quantityNotPositive,
  quantityOffStep,
  quantityTooLarge,
  reduceOnlyRejected,
  tooManyOpenOrders,
  wrongPositionSide,
} from "./errors.ts";
import { checkTaking, commissionOf, endOrder, matchNow, takingOf } from "./execution.ts";
import { hasMarginFor, maxNotional, positionMargin } from "./margin.ts";
import { closable } from "./positions.ts";
import { type AlgoRequest, type Order, type OrderRequest, type PositionSide, remaining } from "./types.ts";
import { orderTradeUpdate } from "./user-events.ts";

/** @throws ErrorAnswer if the side isn't one of the account's position mode */
export function checkPositionSide({ positionSides }: FuturesAccount, side: PositionSide): void {
  if (!positionSides.includes(side)) {
    throw wrongPositionSide();
  }
}

/** Documented: in hedge mode, an order on the other side of a position only reduces it. */
export function onlyReduces({
  reduceOnly,
  side,
  positionSide,
}: Pick<OrderRequest, "reduceOnly" | "side" | "positionSide">): boolean {
  return (
    reduceOnly || (positionSide === "LONG" && side === "SELL") || (positionSide === "SHORT" && side === "BUY")
  );
}

/** @throws ErrorAnswer if a price doesn't fit the contract */
export function checkPrice(futures: Futures, symbol: string, price: bigint): void {
  const { minPrice, maxPrice, tickSize } = contractOf(futures, symbol).filters.priceFilter;
  if (price < minPrice) {
    throw priceTooLow();
  }
  if (price > maxPrice) {
    throw priceTooHigh();
  }
  if (price % tickSize !== 0n) {
    throw priceOffTick();
  }
}

/** @throws ErrorAnswer if a quantity doesn't fit the contract */
export function checkQuantity(
  futures: Futures,
  { symbol, quantity, price }: Pick<AlgoRequest, "symbol" | "quantity" | "price">,
): void {
  const { lotSize, marketLotSize } = contractOf(futures, symbol).filters;
  const { minQty, maxQty, stepSize }: LotSize =
    price === 0n ? { ...lotSize, maxQty: marketLotSize.maxQty } : lotSize;
  if (quantity <= 0n || quantity < minQty) {
    throw quantityNotPositive();
  }
  if (quantity > maxQty) {
    throw quantityTooLarge();
  }
  if (quantity % stepSize !== 0n) {
    throw quantityOffStep();
  }
}

/** Documented: a limit price may not be too far on the other side of the mark price. */
function checkMarkPrice(futures: Futures, { symbol, side, price }: OrderRequest, time: number): void {
  const { priceMultiplier, places } = contractOf(futures, symbol);
  const mark = markPrice(futures, symbol, time);
  const [highest, lowest] = [
    multiply(mark, priceMultiplier.up, "down"),
    multiply(mark, priceMultiplier.down, "up"),
  ];
  if (side === "BUY" && price > highest) {
    throw priceAboveMark(formatPlaces(highest, places.price));
  }
  if (side === "SELL" && price < lowest) {
    throw priceBelowMark(formatPlaces(lowest, places.price));
  }
}

/**
 * assumed: the order, from the order alone to the contract's filters, the position and the margin.
 *
 * @throws ErrorAnswer if the order may not be placed
 */
export function checkOrder(futures: Futures, request: OrderRequest, time: number): void {
  const { account } = futures;
  const { symbol, positionSide, price, quantity } = request;
  const { notional, maxNumOrders } = contractOf(futures, symbol).filters;
  checkPositionSide(account, positionSide);
  if (request.type === "LIMIT") {
    checkPrice(futures, symbol, price);
  }
  checkQuantity(futures, request);
  if (request.type === "LIMIT") {
    checkMarkPrice(futures, request, time);
  }
  const worth = multiply(price === 0n ? markPrice(futures, symbol, time) : price, quantity, "down");
  if (!onlyReduces(request) && worth < notional.minNotional) {
    throw notionalTooSmall(formatShort(notional.minNotional));
  }
  const open = account.openOrders(symbol);
  if (open.length >= maxNumOrders) {
    throw tooManyOpenOrders();
  }
  if (open.some((order) => order.clientOrderId === request.clientOrderId)) {
    throw duplicateClientOrderId();
  }
  if (onlyReduces(request)) {
    checkReduces(account, request);
  } else {
    checkMargin(futures, request, worth, time);
  }
  checkTaking(futures, request, time);
}

function checkReduces(
  { positions }: FuturesAccount,
  { symbol, side, positionSide, quantity, reduceOnly }: OrderRequest,
): void {
  const most = closable(positions.of(symbol, positionSide), side);
  // Documented: a reduce-only order is cut to the position when it fills. In hedge mode it is refused if it is too large.
  if (most === 0n || (!reduceOnly && quantity > most)) {
    throw reduceOnlyRejected();
  }
}

function checkMargin(futures: Futures, request: OrderRequest, worth: bigint, time: number): void {
  const { symbol, side, positionSide } = request;
  const planned = { symbol, side, positionSide, quote: worth };
  const commission = commissionOf(worth, { isMaker: false });
  if (!hasMarginFor(futures, planned, commission, time)) {
    throw marginInsufficient();
  }
  const { leverage } = futures.account.settings(symbol);
  const { initial } = positionMargin(futures, { symbol, side: positionSide }, time, planned);
  if (initial * BigInt(leverage) > maxNotional(contractOf(futures, symbol), leverage)) {
    throw positionTooLarge();
  }
}

/** Documented: the rule for client ids. assumed: their length, if the client sends none. */
export function newClientId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 22);
}

/** Places an order that was checked. */
export function placeOrder(
  futures: Futures,
  request: OrderRequest,
  time: number,
  from: Pick<Order, "origType" | "closePosition"> = { origType: request.type, closePosition: false },
): Order {
  const { account } = futures;
  const order: Order = {
    ...request,
    ...from,
    id: account.nextOrderId(),
    clientOrderId: request.clientOrderId ?? newClientId(),
    reduceOnly: onlyReduces(request),
    status: "NEW",
    executed: 0n,
    executedQuote: 0n,
    time,
    updateTime: time,
    seenUntil: time,
  };
  account.addOrder(order);
  futures.emit(orderTradeUpdate(order, contractOf(futures, order.symbol), { type: "NEW", time }));
  matchNow(futures, order, time);
  return order;
}

/**
 * Changes the price and the quantity of an open limit order. Documented: an order that must rest and no longer would, or
 * that was already filled as much, is canceled instead.
 *
 * @throws ErrorAnswer if they don't fit
 */
export function modifyOrder(
  futures: Futures,
  order: Order,
  { price, quantity }: { price: bigint; quantity: bigint },
  time: number,
): void {
  const { symbol, side, positionSide, executed } = order;
  checkPrice(futures, symbol, price);
  checkQuantity(futures, { symbol, quantity, price });
  const left = quantity - executed;
  const isTaking = takingOf(futures, { ...order, price }, left, time).quantity > 0n;
  if (left <= 0n || (order.timeInForce === "GTX" && isTaking)) {
    endOrder(futures, order, "CANCELED", time);
    return;
  }
  const added = multiply(price, left, "down") - multiply(order.price, remaining(order), "down");
  const planned = { symbol, side, positionSide, quote: greatest(0n, added) };
  if (!order.reduceOnly && !hasMarginFor(futures, planned, 0n, time)) {
    throw marginInsufficient();
  }
  Object.assign(order, { price, quantity, updateTime: time, seenUntil: time });
  futures.emit(orderTradeUpdate(order, contractOf(futures, symbol), { type: "AMENDMENT", time }));
  matchNow(futures, order, time);
}
