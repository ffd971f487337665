import * as z from "zod";
import type { BinanceClient } from "./client.ts";
import type { Failure, Result } from "./failure.ts";
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

/** What is open in one market. */
export interface LeftOpen {
  orders: OpenOrder[];
  positions: Position[];
}

/** How one market's orders and positions are read, and its orders canceled. */
export interface Market {
  /** As in "3 open spot orders". */
  name: "spot" | "futures";
  host: string;
  serverTime: Call;
  /** All symbols, whether this key has placed the orders or not. */
  read: (client: BinanceClient) => Promise<Result<LeftOpen>>;
  /** Cancels all open orders of a symbol. @returns the canceled orders' ids, or undefined if Binance doesn't list them */
  cancel: (client: BinanceClient, name: string) => Promise<Result<number[] | undefined>>;
}

/** The result of canceling orders. */
export interface Cancellation {
  canceled: OpenOrder[];
  /** They had ended by themselves before that, for example because they were filled. */
  ended: OpenOrder[];
  /** Why the orders of a symbol could not be canceled. */
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
  return settled(orders, canceledIds, failures, await market.read(client));
}

function settled(
  orders: OpenOrder[],
  canceledIds: ReadonlySet<number>,
  failures: Cancellation["failures"],
  left: Result<LeftOpen>,
): Cancellation {
  const open = left.ok ? left.value.orders : undefined;
  const isOpen = ({ orderId }: OpenOrder) => open?.some((one) => one.orderId === orderId) ?? false;
  const closed = orders.filter((order) => !isOpen(order));
  return {
    canceled: closed.filter(({ orderId }) => canceledIds.has(orderId)),
    ended: open === undefined ? [] : closed.filter(({ orderId }) => !canceledIds.has(orderId)),
    // Binance also refuses to cancel the orders of a symbol that has none any more.
    failures: failures.filter((failed) => open?.some((one) => one.symbol === failed.symbol) ?? true),
    left,
  };
}
