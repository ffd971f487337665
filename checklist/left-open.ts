import type { BinanceClient } from "../binance/client.ts";
import { describeFailure, type Result } from "../binance/failure.ts";
import { futuresMarket } from "../binance/futures-orders.ts";
import type { LeftOpen, Market, OpenOrder, Position, UnreadList } from "../binance/open-orders.ts";
import { spotMarket } from "../binance/spot-orders.ts";
import { sentence } from "../binance/text.ts";
import type { Permissions } from "./key-rules.ts";
import { readClock } from "./observations.ts";

// What a bot leaves open at Binance when it ends: nobody watches it then.

/** How many lines a text lists. A message to the webhook has 1900 characters at most, for everything. */
const mostLines = { orders: 6, positions: 4 };

/** Without a limit, for a terminal. */
export const allLines = { orders: Infinity, positions: Infinity };

/** What a person does if this program can't do it. */
export const lookYourself = "Look at them yourself on binance.com, under Orders.";

/** Where a key trades, by what it is declared to be for. */
export const marketOf: Record<Permissions, Market> = { spot: spotMarket, futures: futuresMarket };

/** Reads what is open in a market. */
export async function readLeftOpen(client: BinanceClient, market: Market): Promise<Result<LeftOpen>> {
  const clock = await readClock(client, market.serverTime);
  return clock.ok ? market.read(client) : clock;
}

interface LeftOpenOptions {
  /** How many lines are listed. Default: few, for a message. */
  most?: typeof mostLines;
  /** Whether the bot may still run. Default: it is off. */
  mayRun?: boolean;
}

/** What is open, for a person who has just read that the bot is off, or could not be stopped. */
export function leftOpenText(open: Result<LeftOpen>, market: Market, options?: LeftOpenOptions): string {
  if (!open.ok) {
    return unreadText(describeFailure(open.failure));
  }
  const texts = [listsText(open.value, market, options), unreadListsText(open.value.unread)];
  return texts.filter(Boolean).join("\n");
}

/** The lists that could be read. Empty if they are, and others could not be read. */
export function listsText(
  { orders, positions, unread }: LeftOpen,
  market: Market,
  { most = mostLines, mayRun = false }: LeftOpenOptions = {},
): string {
  const listed = (what: string, lines: string[], limit: number): string => {
    const unwatched = mayRun ? "" : `, and the bot no longer watches ${lines.length === 1 ? "it" : "them"}`;
    return [`The account has ${what}${unwatched}:`, ...items(lines, limit)].join("\n");
  };
  const allOrders = unread.every(({ name }) => name === "positions");
  const texts = [
    orders.length === 0
      ? allOrders && `The account has no open ${market.name} orders.`
      : listed(count(orders.length, market), orders.map(orderLine), most.orders),
    positions.length === 0
      ? ""
      : listed(positionCount(positions.length), positions.map(positionLine), most.positions),
  ];
  return texts.filter(Boolean).join("\n");
}

/** Which lists could not be read, and why. Undefined if all were read. */
export function unreadListsText(unread: UnreadList[]): string | undefined {
  const namesByReason = new Map<string, string[]>();
  let reason = "";
  for (const { name, failure } of unread) {
    // A list that was skipped has the reason of the one before it.
    reason = failure.kind === "skipped" && reason !== "" ? reason : describeFailure(failure);
    namesByReason.set(reason, [...(namesByReason.get(reason) ?? []), name]);
  }
  const texts = [...namesByReason].map(([why, names]) => unreadText(why, names.join(" and ")));
  return texts.length === 0 ? undefined : texts.join("\n");
}

/** @param what which of the account's lists */
export function unreadText(reason: string, what = "orders"): string {
  return `The account's open ${what} could not be read: ${sentence(reason)} ${lookYourself}`;
}

export function count(orders: number, { name }: Market): string {
  return `${orders} open ${name} ${orders === 1 ? "order" : "orders"}`;
}

function positionCount(positions: number): string {
  return `${positions} open ${positions === 1 ? "position" : "positions"}`;
}

/** The orders as a list. */
export function orderLines(orders: OpenOrder[]): string[] {
  return items(orders.map(orderLine), Infinity);
}

/** A line for each item, and one for those that are too many. */
function items(lines: string[], most: number): string[] {
  const more = lines.length - most;
  return [...lines.slice(0, most).map((line) => `- ${line}`), ...(more > 0 ? [`- and ${more} more`] : [])];
}

/** "BTCUSDC: SELL 0.5 at 72000, LIMIT, order 17", with what is filled already and the price that triggers it. */
function orderLine(order: OpenOrder): string {
  const { symbol, side, origQty, executedQty, price, stopPrice = "0", type, orderId } = order;
  const filled = isZero(executedQty) ? "" : ` (${short(executedQty)} filled)`;
  const at = isZero(price) ? "" : ` at ${short(price)}`;
  const trigger = isZero(stopPrice) ? "" : `, triggered at ${short(stopPrice)}`;
  return `${symbol}: ${side} ${short(origQty)}${filled}${at}${trigger}, ${type}, order ${orderId}`;
}

/** "BTCUSDT: short 0.5, entered at 72000" */
function positionLine({ symbol, positionAmt, entryPrice }: Position): string {
  const direction = positionAmt.startsWith("-") ? "short" : "long";
  return `${symbol}: ${direction} ${short(positionAmt.replace("-", ""))}, entered at ${short(entryPrice)}`;
}

function isZero(decimal: string): boolean {
  return /^[0.]+$/.test(decimal);
}

/** Without the zeros at the end. */
function short(decimal: string): string {
  return decimal.includes(".") ? decimal.replace(/\.?0+$/, "") : decimal;
}
