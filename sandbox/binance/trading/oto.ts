import { codedError } from "../errors.ts";
import { relock, report, reportList, type Trading } from "./execution.ts";
import { updateList } from "./lists.ts";
import { matchNow } from "./match-now.ts";
import { checkListIds, checkTypes, type OrderPair, stopLossFirst } from "./oco.ts";
import type { Order, OrderList, OrderRequest } from "./order.ts";
import { acceptOrder, checkMatching, checkOrder, newClientOrderId } from "./placing.ts";

/** An order that places others when it is filled: a single one (OTO), or an OCO (OTOCO). */
export interface OtoRequest {
  symbol: string;
  clientOrderId?: string | undefined;
  working: OrderRequest;
  pending: OrderRequest | OrderPair;
  /** Whether the pending orders sell what the working order buys (OPO, OPOCO). Their own quantity is 0n then. */
  isPaying: boolean;
}

/** A new list, with the orders as the answer shows them. */
export interface PlacedList {
  list: OrderList;
  orders: Order[];
}

export function pendingIn({ pending }: OtoRequest): OrderRequest[] {
  return "above" in pending ? stopLossFirst(pending) : [pending];
}

/**
 * What can be said about the orders without the account's funds. Documented in opo.md: pending orders that the working
 * order pays for are checked when it is filled, because they have no quantity before.
 *
 * @throws ErrorAnswer if the orders would be refused
 */
export function checkOto(trading: Trading, request: OtoRequest, time: number): void {
  const { working, pending, isPaying } = request;
  const all = [working, ...pendingIn(request)];
  if (isPaying) {
    checkSides(request);
  }
  if ("above" in pending) {
    checkTypes(pending);
  }
  for (const order of isPaying ? [working] : all) {
    checkOrder(trading, order, time, { companions: all.filter((other) => other !== order) });
  }
}

/**
 * Places the working order. Documented: if it is filled at once, the answer shows the pending orders as they were before
 * that.
 */
export function placeOto(trading: Trading, request: OtoRequest, time: number): PlacedList {
  const { store } = trading;
  const { symbol, isPaying } = request;
  checkListIds(trading, request, [request.working, ...pendingIn(request)]);
  checkMatching(trading, request.working, time);
  const id = store.nextListId();
  const working = acceptOrder(trading, request.working, time, { listId: id });
  const pending = pendingIn(request).map((one) =>
    acceptOrder(trading, one, time, { listId: id, isPending: true }),
  );
  const list: OrderList = {
    ...{ id, symbol, contingencyType: "OTO", workingId: working.id, isPaying },
    clientOrderId: request.clientOrderId ?? newClientOrderId(),
    orderIds: [working, ...pending].map((order) => order.id),
    ...{ isDone: false, transactionTime: time },
  };
  store.addList(list);
  reportList(trading, list, time);
  relock(trading, working, 0n);
  // assumed: pending orders are also reported.
  for (const order of [working, ...pending]) {
    report(trading, order, { type: "NEW", time });
  }
  matchNow(trading, working, time);
  const shown = { list: { ...list }, orders: [working, ...pending].map((order) => ({ ...order })) };
  updateList(trading, working, time);
  return working.status === "FILLED" ? shown : { list, orders: [working, ...pending] };
}

/** Documented with the codes. */
function checkSides(request: OtoRequest): void {
  if (request.working.side !== "BUY") {
    throw codedError(400, -1222, "Working order in an OPO list must be a bid.");
  }
  if (pendingIn(request).some(({ side }) => side !== "SELL")) {
    throw codedError(400, -1223, "Pending orders in an OPO list must be asks.");
  }
}
