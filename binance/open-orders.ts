import * as z from "zod";
import type { BinanceClient } from "./client.ts";
import type { Failure, Result } from "./failure.ts";
import type { Call } from "./request.ts";

// The open orders of a spot account: to list them, and to cancel them.

/** Letters of every script, because some symbols have them, and nothing that changes how a terminal shows a line. */
const symbol = z.string().regex(/^[\p{L}\p{M}\p{N}._-]{1,40}$/u);
const decimal = z.string().regex(/^\d{1,30}(\.\d{1,30})?$/);

/** Other fields are dropped, because nobody has checked their texts. */
const openOrder = z.object({
  symbol,
  orderId: z.int().nonnegative(),
  side: z.enum(["BUY", "SELL"]),
  type: z.string().regex(/^[A-Z_]{1,40}$/),
  origQty: decimal,
  executedQty: decimal,
  /** 0 for an order without a price. */
  price: decimal,
  stopPrice: decimal.optional(),
});

/** An open order as Binance reports it. */
export type OpenOrder = z.output<typeof openOrder>;

/** Weight 80: the open orders of all symbols, whether this key has placed them or not. */
const allOpenOrders: Call = { method: "GET", path: "/api/v3/openOrders", security: "SIGNED" };

/** Weight 1: cancels all open orders of a symbol. */
function cancelOpenOrders(name: string): Call {
  return { method: "DELETE", path: "/api/v3/openOrders", parameters: { symbol: name }, security: "SIGNED" };
}

const canceledOrder = z.looseObject({ orderId: z.int() }).transform(({ orderId }) => [orderId]);
const canceledList = z
  .looseObject({ orderReports: z.array(canceledOrder) })
  .transform(({ orderReports }) => orderReports.flat());

/** The ids of the canceled orders. */
const cancelReply = z.array(z.union([canceledList, canceledOrder])).transform((entries) => entries.flat());

export function readOpenOrders(client: BinanceClient): Promise<Result<OpenOrder[]>> {
  return client.request(allOpenOrders, z.array(openOrder));
}

/** The result of canceling orders. */
export interface Cancellation {
  canceled: OpenOrder[];
  /** They had ended by themselves before that, for example because they were filled. */
  ended: OpenOrder[];
  /** Why the orders of a symbol could not be canceled. */
  failures: { symbol: string; failure: Failure }[];
  /** What is open afterwards, read again. */
  left: Result<OpenOrder[]>;
}

/** Cancels all open orders of the symbols of these orders, and reads what is open afterwards. */
export async function cancelOrders(client: BinanceClient, orders: OpenOrder[]): Promise<Cancellation> {
  const canceledIds = new Set<number>();
  const failures: Cancellation["failures"] = [];
  for (const name of new Set(orders.map((order) => order.symbol))) {
    const result = await client.request(cancelOpenOrders(name), cancelReply);
    if (!result.ok) {
      failures.push({ symbol: name, failure: result.failure });
    }
    for (const id of result.ok ? result.value : []) {
      canceledIds.add(id);
    }
  }
  const left = await readOpenOrders(client);
  const others = orders.filter(({ orderId }) => !canceledIds.has(orderId));
  return {
    canceled: orders.filter(({ orderId }) => canceledIds.has(orderId)),
    ended: left.ok ? others.filter(({ orderId }) => !left.value.some((one) => one.orderId === orderId)) : [],
    // Binance also refuses to cancel the orders of a symbol that has none any more.
    failures: failures.filter(
      ({ symbol: name }) => !left.ok || left.value.some((one) => one.symbol === name),
    ),
    left,
  };
}
