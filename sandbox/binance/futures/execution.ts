import { least, multiply, parseDecimal } from "../decimal.ts";
import { takeFrom, type Taking } from "../trading/matching.ts";
import { contractOf, type Futures } from "./account.ts";
import { notAsMaker, notFilledAtOnce } from "./errors.ts";
import { accountMargin, positionMargin } from "./margin.ts";
import { afterFill, closable } from "./positions.ts";
import { type FuturesTrade, type IncomeType, isOpen, type Order, type Position, remaining } from "./types.ts";
import { accountUpdate, orderTradeUpdate } from "./user-events.ts";

/** assumed: the rates of an account without a discount, as Binance's website shows them. */
export const rates = { maker: parseDecimal("0.0002"), taker: parseDecimal("0.0005") };

/** A trade of one of the account's orders. */
interface Match {
  price: bigint;
  quantity: bigint;
  time: number;
  isMaker: boolean;
}

export function commissionOf(quote: bigint, { isMaker }: { isMaker: boolean }): bigint {
  return multiply(quote, isMaker ? rates.maker : rates.taker, "down");
}

/** Fills an order, wholly or partly. An order that may only reduce fills what is left of the position, and then expires. */
export function fillOrder(futures: Futures, order: Order, match: Match): void {
  const { account, market } = futures;
  const { symbol, side, positionSide } = order;
  const { price, time, isMaker } = match;
  const position = account.positions.of(symbol, positionSide);
  const most = order.reduceOnly ? closable(position, side) : remaining(order);
  const quantity = least(match.quantity, remaining(order), most);
  if (quantity <= 0n) {
    endOrder(futures, order, "EXPIRED", time);
    return;
  }
  const quote = multiply(price, quantity, "down");
  const { realized, ...after } = afterFill(position, { side, price, quantity });
  const isBuyerMaker = (side === "BUY") === isMaker;
  const { id } = market.addFill(symbol, { time, price, quantity, isBuyerMaker });
  const trade: FuturesTrade = {
    ...{ id, symbol, side, positionSide, price, quantity, quote, realized, time, isMaker },
    orderId: order.id,
    commission: commissionOf(quote, match),
  };
  account.addTrade(trade);
  Object.assign(position, after, { realized: position.realized + realized, updateTime: time });
  earnOf(futures, trade, "REALIZED_PNL", realized);
  earnOf(futures, trade, "COMMISSION", -trade.commission);
  order.executed += quantity;
  order.executedQuote += quote;
  order.updateTime = time;
  order.status = remaining(order) === 0n ? "FILLED" : "PARTIALLY_FILLED";
  reportAccount(futures, "ORDER", { time, change: 0n, side: { symbol, side: positionSide } });
  futures.emit(orderTradeUpdate(order, contractOf(futures, symbol), { type: "TRADE", time, trade }));
  if (isOpen(order) && order.reduceOnly && closable(position, side) === 0n) {
    endOrder(futures, order, "EXPIRED", time);
  }
}

function earnOf(
  { account }: Futures,
  { id, symbol, time }: FuturesTrade,
  type: IncomeType,
  amount: bigint,
): void {
  account.earn({ symbol, type, amount, time, tradeId: String(id) });
}

/** Reports the wallet, and the position that changed, even if it is empty now. */
export function reportAccount(
  futures: Futures,
  reason: Parameters<typeof accountUpdate>[0],
  { time, change, side }: { time: number; change: bigint; side?: Pick<Position, "symbol" | "side"> },
): void {
  const { account } = futures;
  const { crossWallet } = accountMargin(futures, time);
  const changed = side ? [positionMargin(futures, side, time)] : [];
  futures.emit(accountUpdate(reason, { wallet: account.wallet, crossWallet, change }, changed, time));
}

export function endOrder(futures: Futures, order: Order, status: "CANCELED" | "EXPIRED", time: number): void {
  order.status = status;
  order.updateTime = time;
  futures.emit(orderTradeUpdate(order, contractOf(futures, order.symbol), { type: status, time }));
}

/** Most orders need few levels of the book, and computing more of them takes time. */
const depths = [20, 1000];

/** What an order would take from the book at a time. */
export function takingOf(
  { market }: Pick<Futures, "market">,
  order: Pick<Order, "symbol" | "side" | "type" | "price">,
  quantity: bigint,
  time: number,
): Taking {
  const { symbol, side, type, price } = order;
  const limit = type === "MARKET" ? undefined : price;
  let taking: Taking = { fills: [], quantity: 0n, quote: 0n };
  for (const depth of depths) {
    const { bids, asks } = market.book(symbol, time, depth);
    const want = { side, quantity, quoteQuantity: undefined, stepSize: 1n, limit };
    taking = takeFrom(side === "BUY" ? asks : bids, want);
    if (taking.fills.length < depth) {
      break;
    }
  }
  return taking;
}

/** Documented: an order that must rest, or fill at once, is refused otherwise. @throws ErrorAnswer */
export function checkTaking(
  futures: Pick<Futures, "market">,
  order: Pick<Order, "symbol" | "side" | "type" | "price" | "timeInForce" | "quantity">,
  time: number,
): void {
  const { quantity } = takingOf(futures, order, order.quantity, time);
  if (order.timeInForce === "GTX" && quantity > 0n) {
    throw notAsMaker();
  }
  if (order.timeInForce === "FOK" && quantity < order.quantity) {
    throw notFilledAtOnce();
  }
}

/** Matches an order with the book, as one that has just come in. */
export function matchNow(futures: Futures, order: Order, time: number): void {
  for (const { price, quantity } of takingOf(futures, order, remaining(order), time).fills) {
    if (isOpen(order)) {
      fillOrder(futures, order, { price, quantity, time, isMaker: false });
    }
  }
  if (isOpen(order) && (order.type === "MARKET" || order.timeInForce === "IOC")) {
    endOrder(futures, order, "EXPIRED", time);
  }
}
