import * as z from "zod";
import type { BinanceClient } from "./client.ts";
import type { Failure, Result } from "./failure.ts";
import { meaningOf } from "./refusals.ts";
import type { Call } from "./request.ts";

// What is open in an account: orders, and positions of futures. One client is for one market, because each has its own
// host.

/** Letters of every script, because some symbols have them, and nothing that changes how a terminal shows a line. */
export const symbol = z.string().regex(/^[\p{L}\p{M}\p{N}._-]{1,40}$/u);
export const decimal = z.string().regex(/^\d{1,30}(\.\d{1,30})?$/);
export const side = z.enum(["BUY", "SELL"]);
/** "LIMIT", "STOP_MARKET" */
export const orderType = z.string().regex(/^[A-Z_]{1,40}$/);

/** Other fields are dropped, because nobody has checked their texts. */
export const openOrder = z.object({
  symbol,
  orderId: z.int().nonnegative(),
  side,
  type: orderType,
  origQty: decimal,
  executedQty: decimal,
  /** 0 for an order without a price. */
  price: decimal,
  stopPrice: decimal.optional(),
});

/** An open order as Binance reports it. */
export type OpenOrder = z.output<typeof openOrder>;

/** A position of futures as Binance reports it. */
export interface Position {
  symbol: string;
  /** Below 0 if it gains when the price falls. */
  positionAmt: string;
  entryPrice: string;
}

/** For futures, orders that wait for a price are in another list than the other orders: "conditional orders". */
export type ListName = "orders" | "conditional orders" | "positions";

/** A list that could not be read: what is in it is unknown. */
export interface UnreadList {
  name: ListName;
  failure: Failure;
}

/** What is open in one market, as far as it could be read. */
export interface LeftOpen {
  orders: OpenOrder[];
  positions: Position[];
  unread: UnreadList[];
}

/** How one market's orders and positions are read, and its orders canceled. */
export interface Market {
  /** As in "3 open spot orders". */
  name: "spot" | "futures";
  host: string;
  serverTime: Call;
  /** All symbols, whether this key has placed the orders or not. It fails if none of the lists could be read. */
  read: (client: BinanceClient) => Promise<Result<LeftOpen>>;
  /** Cancels all open orders of a symbol. @returns the canceled orders' ids, or undefined if Binance doesn't list them */
  cancel: (client: BinanceClient, name: string) => Promise<Result<number[] | undefined>>;
}

/** The result of canceling orders. */
export interface Cancellation {
  canceled: OpenOrder[];
  /** They had ended by themselves before that, for example because they were filled. */
  ended: OpenOrder[];
  /** They are no longer open, and Binance's answer was lost: they were canceled, or had ended before that. */
  unanswered: OpenOrder[];
  /** Why the orders of a symbol could not be canceled, or may not have been. */
  failures: { symbol: string; failure: Failure }[];
  /** What is open afterwards, read again. */
  left: Result<LeftOpen>;
}

/** Cancels all open orders of the symbols of these orders, and reads what is open afterwards. */
export async function cancelOrders(
  client: BinanceClient,
  market: Market,
  orders: OpenOrder[],
): Promise<Cancellation> {
  const canceledIds = new Set<number>();
  const failures: Cancellation["failures"] = [];
  for (const name of new Set(orders.map((order) => order.symbol))) {
    const result = await market.cancel(client, name);
    if (!result.ok) {
      failures.push({ symbol: name, failure: result.failure });
    }
    const all = orders.filter((order) => order.symbol === name).map(({ orderId }) => orderId);
    for (const id of result.ok ? (result.value ?? all) : []) {
      canceledIds.add(id);
    }
  }
  return settled(orders, canceledIds, failures, withAllOrders(await market.read(client)));
}

/** Whether another try over a new connection can show more, or cancel more. */
export function isUnsettled({ failures }: Cancellation): boolean {
  return failures.some(({ failure }) => mayHaveCanceled(failure));
}

/**
 * Goes on after a cancellation that isn't settled, over a new connection.
 *
 * @param orders the same as at the first try
 */
export async function cancelRest(
  client: BinanceClient,
  market: Market,
  orders: OpenOrder[],
  first: Cancellation,
): Promise<Cancellation> {
  const open = withAllOrders(await market.read(client));
  if (!open.ok) {
    return { ...first, left: open };
  }
  const then = settled(orders, idsOf(first.canceled), first.failures, open);
  const openIds = idsOf(open.value.orders);
  const rest = orders.filter(({ orderId }) => openIds.has(orderId));
  if (rest.length === 0) {
    return then;
  }
  const second = await cancelOrders(client, market, rest);
  return {
    canceled: [...then.canceled, ...second.canceled],
    ended: [...then.ended, ...second.ended],
    unanswered: [...then.unanswered, ...second.unanswered],
    failures: second.failures,
    left: second.left,
  };
}

/** Whether Binance may have canceled the orders, although its answer was lost or is an error. A request that wasn't sent cancels nothing. */
function mayHaveCanceled(failure: Failure): boolean {
  return failure.kind === "refused" ? meaningOf(failure).concerns === "exchange" : failure.kind !== "skipped";
}

/** An order that isn't listed is only known to be closed if all lists of orders could be read. */
function withAllOrders(open: Result<LeftOpen>): Result<LeftOpen> {
  const missing = open.ok ? open.value.unread.find(({ name }) => name !== "positions") : undefined;
  return missing === undefined ? open : { ok: false, failure: missing.failure };
}

function idsOf(orders: OpenOrder[]): Set<number> {
  return new Set(orders.map(({ orderId }) => orderId));
}

function settled(
  orders: OpenOrder[],
  canceledIds: ReadonlySet<number>,
  failures: Cancellation["failures"],
  left: Result<LeftOpen>,
): Cancellation {
  const canceled = orders.filter(({ orderId }) => canceledIds.has(orderId));
  if (!left.ok) {
    return { canceled, ended: [], unanswered: [], failures, left };
  }
  const openIds = idsOf(left.value.orders);
  const openSymbols = new Set(left.value.orders.map((order) => order.symbol));
  const isClosed = ({ orderId }: OpenOrder) => !openIds.has(orderId);
  const others = orders.filter((order) => isClosed(order) && !canceledIds.has(order.orderId));
  const lost = new Set(
    failures.flatMap(({ symbol: name, failure }) => (mayHaveCanceled(failure) ? [name] : [])),
  );
  return {
    canceled: canceled.filter(isClosed),
    ended: others.filter((order) => !lost.has(order.symbol)),
    unanswered: others.filter((order) => lost.has(order.symbol)),
    // Binance also refuses to cancel the orders of a symbol that has none any more.
    failures: failures.filter((failed) => openSymbols.has(failed.symbol)),
    left,
  };
}
