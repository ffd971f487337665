import { greatest } from "../decimal.ts";
import { codedError, type ErrorAnswer } from "../errors.ts";
import { orderRejected } from "../order-errors.ts";
import { relock, report, reportList, rulesOf, type Trading } from "./execution.ts";
import type { OrderList, OrderRequest } from "./order.ts";
import {
  acceptOrder,
  checkClientOrderId,
  checkOrder,
  fundsFor,
  insufficientBalance,
  newClientOrderId,
} from "./placing.ts";

/** Two orders on the two sides of the price, of which only one can trade. */
export interface OcoRequest {
  symbol: string;
  clientOrderId?: string | undefined;
  above: OrderRequest;
  below: OrderRequest;
}

/** What can be said about the orders without the account's funds. @throws ErrorAnswer if they would be refused */
export function checkOco(trading: Trading, { above, below }: OcoRequest, time: number): void {
  checkTypes(above, below);
  checkOrder(trading, above, time, [below]);
  checkOrder(trading, below, time, [above]);
}

/** Places both orders. Neither is filled at once. */
export function placeOco(trading: Trading, request: OcoRequest, time: number): OrderList {
  const { store, balances } = trading;
  const { symbol, above, below } = request;
  checkIds(trading, request);
  const last = trading.market.lastTrade(symbol, time).price;
  if (!(isBeyond(above, last, "above") && isBeyond(below, last, "below"))) {
    throw orderRejected("The relationship of the prices for the orders is not correct.");
  }
  const { baseAsset, quoteAsset } = rulesOf(trading, symbol);
  const funds = greatest(fundsFor(trading, above, time), fundsFor(trading, below, time));
  if (funds > balances.free(above.side === "BUY" ? quoteAsset : baseAsset)) {
    throw insufficientBalance();
  }
  // As in the documentation's examples, the stop loss comes first.
  const requests = isStopLoss(above) ? [above, below] : [below, above];
  const id = store.nextListId();
  const orders = requests.map((one) => acceptOrder(trading, one, time, id));
  const list: OrderList = {
    ...{ id, symbol, contingencyType: "OCO" },
    clientOrderId: request.clientOrderId ?? newClientOrderId(),
    orderIds: orders.map((order) => order.id),
    ...{ isDone: false, transactionTime: time },
  };
  store.addList(list);
  reportList(trading, list, time);
  for (const [index, order] of orders.entries()) {
    if (index === 0) {
      relock(trading, order, 0n);
    }
    report(trading, order, { type: "NEW", time });
  }
  return list;
}

/** assumed: the ids of the list and of its two orders must differ from those of all that is open. */
function checkIds(trading: Trading, { symbol, clientOrderId, above, below }: OcoRequest): void {
  checkClientOrderId(trading, above);
  checkClientOrderId(trading, below);
  const isSame = above.clientOrderId !== undefined && above.clientOrderId === below.clientOrderId;
  const isListOpen = trading.store.openLists(symbol).some((list) => list.clientOrderId === clientOrderId);
  if (isSame || isListOpen) {
    throw orderRejected("Duplicate order sent.");
  }
}

function isStopLoss({ type }: OrderRequest): boolean {
  return type === "STOP_LOSS" || type === "STOP_LOSS_LIMIT";
}

/**
 * Documented under "Price restrictions": the limit price of LIMIT_MAKER and TAKE_PROFIT_LIMIT counts, and the stop price
 * of the others. assumed: for TAKE_PROFIT_LIMIT also the stop price, or else it would be triggered at once.
 */
function isBeyond(order: OrderRequest, last: bigint, place: "above" | "below"): boolean {
  const isLimited = order.type === "LIMIT_MAKER" || order.type === "TAKE_PROFIT_LIMIT";
  const prices = [...(isLimited ? [order.price] : []), ...(order.stopPrice > 0n ? [order.stopPrice] : [])];
  return prices.every((price) => (place === "above" ? price > last : price < last));
}

/** Documented with the codes. */
function checkTypes(above: OrderRequest, below: OrderRequest): void {
  const stops = [above, below].filter(isStopLoss);
  if (stops.length === 0) {
    throw codedError(400, -1168, "At least one OCO order must be contingent.");
  }
  if (stops.length === 2) {
    throw codedError(400, -1158, "Order type not supported in OCO.");
  }
  const isBuy = above.side === "BUY";
  // A stop loss of a buy is above the price, and one of a sale is below it.
  if (isStopLoss(above) === isBuy) {
    return;
  }
  const other = isStopLoss(above) ? below : above;
  throw misplaced(isBuy, other.type === "LIMIT_MAKER");
}

function misplaced(isBuy: boolean, isLimit: boolean): ErrorAnswer {
  if (isLimit) {
    return isBuy
      ? codedError(400, -1165, "A limit order in a buy OCO must be below.")
      : codedError(400, -1166, "A limit order in a sell OCO must be above.");
  }
  return isBuy
    ? codedError(400, -1196, "A stop loss order in a buy OCO must be above.")
    : codedError(400, -1197, "A stop loss order in a sell OCO must be below.");
}
