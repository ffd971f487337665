import type { BinanceClient } from "../binance/client.ts";
import { describeFailure, type Result } from "../binance/failure.ts";
import { type OpenOrder, readOpenOrders } from "../binance/open-orders.ts";
import { sentence } from "../binance/text.ts";
import { readClock } from "./observations.ts";

// What a bot leaves open at Binance when it ends: nobody watches it then.

/** How many orders a text lists. A message to the webhook has 1900 characters at most, for everything. */
const mostLines = 6;

/** Where a person sees the orders. */
export const ordersPage = "https://www.binance.com/en/my/orders/exchange/openorder";

/** Reads the account's open orders. */
export async function readLeftOpen(client: BinanceClient): Promise<Result<OpenOrder[]>> {
  const clock = await readClock(client);
  return clock.ok ? readOpenOrders(client) : clock;
}

interface LeftOpenOptions {
  /** How many orders are listed. Default: 6. */
  most?: number;
  /** Whether the bot may still run. Default: it is off. */
  mayRun?: boolean;
}

/** What is open, for a person who has just read that the bot is off, or could not be stopped. */
export function leftOpenText(
  open: Result<OpenOrder[]>,
  { most = mostLines, mayRun = false }: LeftOpenOptions = {},
): string {
  if (!open.ok) {
    return unreadText(describeFailure(open.failure));
  }
  const { length } = open.value;
  if (length === 0) {
    return "The account has no open spot orders.";
  }
  const unwatched = mayRun ? "" : `, and the bot no longer watches ${length === 1 ? "it" : "them"}`;
  return [`The account has ${count(length)}${unwatched}:`, ...orderLines(open.value, most)].join("\n");
}

export function unreadText(reason: string): string {
  return `The account's open orders could not be read: ${sentence(reason)} Look at them yourself: ${ordersPage}`;
}

export function count(orders: number): string {
  return orders === 1 ? "1 open spot order" : `${orders} open spot orders`;
}

/** A line for each order, and one for those that are too many. */
export function orderLines(orders: OpenOrder[], most = mostLines): string[] {
  const more = orders.length - most;
  return [
    ...orders.slice(0, most).map((order) => `- ${orderLine(order)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

/** "BTCUSDC: SELL 0.5 at 72000, LIMIT, order 17", with what is filled already and the price that triggers it. */
function orderLine(order: OpenOrder): string {
  const { symbol, side, origQty, executedQty, price, stopPrice = "0", type, orderId } = order;
  const filled = isZero(executedQty) ? "" : ` (${short(executedQty)} filled)`;
  const at = isZero(price) ? "" : ` at ${short(price)}`;
  const trigger = isZero(stopPrice) ? "" : `, triggered at ${short(stopPrice)}`;
  return `${symbol}: ${side} ${short(origQty)}${filled}${at}${trigger}, ${type}, order ${orderId}`;
}

function isZero(decimal: string): boolean {
  return /^[0.]+$/.test(decimal);
}

/** Without the zeros at the end. */
function short(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}
