import { ErrorAnswer } from "../errors.ts";
import { contractOf, type Futures, markPrice } from "./account.ts";
import {
  closingOrderExists,
  duplicateClientOrderId,
  reduceOnlyRejected,
  tooManyAlgoOrders,
  wouldTrigger,
  wrongPositionSide,
} from "./errors.ts";
import {
  checkOrder,
  checkPositionSide,
  checkPrice,
  checkQuantity,
  newClientId,
  placeOrder,
} from "./placing.ts";
import { closable } from "./positions.ts";
import { type AlgoOrder, type AlgoRequest, type OrderRequest, triggersAbove } from "./types.ts";
import { algoUpdate } from "./user-events.ts";

/** Documented as MAX_NUM_ALGO_ORDERS in exchangeInfo. assumed: the number. */
export const maxAlgoOrders = 200;

/**
 * assumed: the order of the checks. Neither the margin nor the position is checked before the order is triggered.
 *
 * @throws ErrorAnswer if the order may not be placed
 */
function checkAlgo(futures: Futures, request: AlgoRequest, time: number): void {
  const { account } = futures;
  const { symbol, side, positionSide, triggerPrice } = request;
  checkPositionSide(account, positionSide);
  checkPrice(futures, symbol, triggerPrice);
  if (request.price > 0n) {
    checkPrice(futures, symbol, request.price);
  }
  if (!request.closePosition) {
    checkQuantity(futures, request);
  } else if (side === (positionSide === "LONG" ? "BUY" : positionSide === "SHORT" ? "SELL" : undefined)) {
    throw wrongPositionSide();
  }
  const open = account.openAlgos(symbol);
  if (open.length >= maxAlgoOrders) {
    throw tooManyAlgoOrders();
  }
  if (open.some(({ clientAlgoId }) => clientAlgoId === request.clientAlgoId)) {
    throw duplicateClientOrderId();
  }
  const same = (one: AlgoOrder) =>
    one.closePosition && one.side === side && one.positionSide === positionSide && one.type === request.type;
  if (request.closePosition && open.some(same)) {
    throw closingOrderExists();
  }
  const mark = markPrice(futures, symbol, time);
  if (triggersAbove(request) ? mark >= triggerPrice : mark <= triggerPrice) {
    throw wouldTrigger();
  }
}

/** Places an order that waits for a price. @throws ErrorAnswer if it is refused */
export function placeAlgo(futures: Futures, request: AlgoRequest, time: number): AlgoOrder {
  checkAlgo(futures, request, time);
  const algo: AlgoOrder = {
    ...request,
    id: futures.account.nextAlgoId(),
    clientAlgoId: request.clientAlgoId ?? newClientId(),
    status: "NEW",
    order: undefined,
    failure: undefined,
    time,
    updateTime: time,
    triggerTime: 0,
    seenUntil: time,
  };
  futures.account.addAlgo(algo);
  reportAlgo(futures, algo, "NEW", time);
  return algo;
}

export function cancelAlgo(futures: Futures, algo: AlgoOrder, time: number): void {
  reportAlgo(futures, algo, "CANCELED", time);
}

/** The market has reached the order's price: it becomes an order like others, or is refused like others. */
export function trigger(futures: Futures, algo: AlgoOrder, time: number): void {
  algo.triggerTime = time;
  try {
    const request = orderOf(futures, algo);
    checkOrder(futures, request, time);
    const { type: origType, closePosition } = algo;
    algo.order = placeOrder(futures, request, time, { origType, closePosition });
    reportAlgo(futures, algo, "TRIGGERED", time);
  } catch (error) {
    if (!(error instanceof ErrorAnswer)) {
      throw error;
    }
    algo.failure = error.message;
    reportAlgo(futures, algo, algo.closePosition ? "EXPIRED" : "REJECTED", time);
    return;
  }
  if (algo.order.type === "MARKET") {
    reportAlgo(futures, algo, "FINISHED", time);
  }
}

function orderOf({ account }: Futures, algo: AlgoOrder): OrderRequest {
  const { symbol, side, positionSide, price, timeInForce, closePosition } = algo;
  const position = account.positions.of(symbol, positionSide);
  const quantity = closePosition ? closable(position, side) : algo.quantity;
  if (quantity === 0n) {
    throw reduceOnlyRejected();
  }
  return {
    ...{ symbol, side, positionSide, price, quantity },
    type: price === 0n ? "MARKET" : "LIMIT",
    timeInForce: price === 0n ? "GTC" : timeInForce,
    reduceOnly: algo.reduceOnly || closePosition,
    clientOrderId: undefined,
  };
}

function reportAlgo(futures: Futures, algo: AlgoOrder, status: AlgoOrder["status"], time: number): void {
  algo.status = status;
  algo.updateTime = time;
  futures.emit(algoUpdate(algo, contractOf(futures, algo.symbol), time));
}
