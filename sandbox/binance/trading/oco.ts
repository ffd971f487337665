import { greatest } from "../decimal.ts";
import { codedError } from "../errors.ts";
import { orderRejected } from "../order-errors.ts";
import { relock, report, reportList, rulesOf, type Trading } from "./execution.ts";
import { type OrderList, type OrderRequest, type OrderType, triggersAbove } from "./order.ts";
import {
  acceptOrder,
  checkClientOrderId,
  checkOrder,
  fundsFor,
  insufficientBalance,
  newClientOrderId,
} from "./placing.ts";

/** Two orders on the two sides of the price, of which only one can trade. */
export interface OrderPair {
  above: OrderRequest;
  below: OrderRequest;
}

export interface OcoRequest extends OrderPair {
  symbol: string;
  clientOrderId?: string | undefined;
}

/** What can be said about the orders without the account's funds. @throws ErrorAnswer if they would be refused */
export function checkOco(trading: Trading, { above, below }: OcoRequest, time: number): void {
  checkTypes({ above, below });
  checkOrder(trading, above, time, { companions: [below] });
  checkOrder(trading, below, time, { companions: [above] });
}

/** Places both orders. Neither is filled at once. */
export function placeOco(trading: Trading, request: OcoRequest, time: number): OrderList {
  const { store } = trading;
  const { symbol, above, below } = request;
  checkListIds(trading, request, [above, below]);
  checkPair(trading, [above, below], time);
  const id = store.nextListId();
  const orders = stopLossFirst(request).map((one) => acceptOrder(trading, one, time, { listId: id }));
  const list: OrderList = {
    ...{ id, symbol, contingencyType: "OCO", workingId: undefined, isPaying: false },
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

/**
 * What only the matching engine can say about a pair.
 *
 * @param locked what is already locked for it
 * @throws ErrorAnswer if it refuses the pair
 */
export function checkPair(
  trading: Trading,
  [first, second]: readonly [OrderRequest, OrderRequest],
  time: number,
  locked = 0n,
): void {
  const { symbol, side } = first;
  const last = trading.market.lastTrade(symbol, time).price;
  if (!(isBeyond(first, last) && isBeyond(second, last))) {
    throw orderRejected("The relationship of the prices for the orders is not correct.");
  }
  const { baseAsset, quoteAsset } = rulesOf(trading, symbol);
  const funds = greatest(fundsFor(trading, first, time), fundsFor(trading, second, time));
  if (funds > trading.balances.free(side === "BUY" ? quoteAsset : baseAsset) + locked) {
    throw insufficientBalance();
  }
}

/** assumed: the ids of a list and of its orders must differ from those of all that is open. */
export function checkListIds(
  trading: Trading,
  { symbol, clientOrderId }: Pick<OcoRequest, "symbol" | "clientOrderId">,
  orders: readonly OrderRequest[],
): void {
  orders.forEach((order) => {
    checkClientOrderId(trading, order);
  });
  const ids = orders.flatMap((order) => order.clientOrderId ?? []);
  const isListOpen = trading.store.openLists(symbol).some((list) => list.clientOrderId === clientOrderId);
  if (new Set(ids).size < ids.length || isListOpen) {
    throw orderRejected("Duplicate order sent.");
  }
}

/** As in the documentation's examples. */
export function stopLossFirst({ above, below }: OrderPair): [OrderRequest, OrderRequest] {
  return above.type.startsWith("STOP_LOSS") ? [above, below] : [below, above];
}

/**
 * Documented under "Price restrictions": the limit price of LIMIT_MAKER and TAKE_PROFIT_LIMIT counts, and the stop price
 * of the others. assumed: for TAKE_PROFIT_LIMIT also the stop price, or else it would be triggered at once.
 */
function isBeyond(order: OrderRequest, last: bigint): boolean {
  const isLimited = order.type === "LIMIT_MAKER" || order.type === "TAKE_PROFIT_LIMIT";
  const prices = [...(isLimited ? [order.price] : []), ...(order.stopPrice > 0n ? [order.stopPrice] : [])];
  return prices.every((price) => (triggersAbove(order) ? price > last : price < last));
}

/** Documented with the codes: what an order of a kind gets on the wrong side of the price. */
const misplaced: readonly { kind: string; BUY: [number, string]; SELL: [number, string] }[] = [
  {
    kind: "LIMIT_MAKER",
    BUY: [-1165, "A limit order in a buy OCO must be below."],
    SELL: [-1166, "A limit order in a sell OCO must be above."],
  },
  {
    kind: "STOP_LOSS",
    BUY: [-1196, "A stop loss order in a buy OCO must be above."],
    SELL: [-1197, "A stop loss order in a sell OCO must be below."],
  },
  {
    kind: "TAKE_PROFIT",
    BUY: [-1198, "A take profit order in a buy OCO must be below."],
    SELL: [-1199, "A take profit order in a sell OCO must be above."],
  },
];

const unsupported: readonly OrderType[] = ["LIMIT", "MARKET"];

/** assumed: the order of the checks. @throws ErrorAnswer if orders of these types can't be a pair */
export function checkTypes({ above, below }: OrderPair): void {
  if ([above, below].some(({ type }) => unsupported.includes(type))) {
    throw codedError(400, -1158, "Order type not supported in OCO.");
  }
  if (above.type === "LIMIT_MAKER" && below.type === "LIMIT_MAKER") {
    throw codedError(400, -1168, "At least one OCO order must be contingent.");
  }
  const wrong = [...(triggersAbove(above) ? [] : [above]), ...(triggersAbove(below) ? [below] : [])];
  const refusal = misplaced.find(({ kind }) => wrong.some(({ type }) => type.startsWith(kind)));
  if (refusal) {
    throw codedError(400, ...refusal[above.side]);
  }
}
