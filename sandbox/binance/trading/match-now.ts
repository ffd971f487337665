import { least } from "../decimal.ts";
import { expire, fillOrder, lockOf, rulesOf, type Trading } from "./execution.ts";
import { quoteOf } from "./matching.ts";
import { isAtMarket, isOpen, type Order, remaining } from "./order.ts";
import { takingOf } from "./taking.ts";

/** Matches an order with the book, as one that has just come in. */
export function matchNow(trading: Trading, order: Order, time: number): void {
  const { balances } = trading;
  const { quoteAsset } = rulesOf(trading, order.symbol);
  const taking = takingOf(trading, order, remaining(order), time);
  if (order.quoteOrderQuantity > 0n) {
    order.quantity = taking.quantity;
  }
  if (order.timeInForce === "FOK" && taking.quantity < remaining(order)) {
    expire(trading, order, "UNFILLED_FOK_ORDER_EXPIRED", time);
    return;
  }
  // A stop order to buy at any price may cost more than what was locked for it.
  const locked = least(
    lockOf(trading, order),
    quoteOf({ price: order.lockPrice, quantity: taking.quantity }),
  );
  if (order.side === "BUY" && taking.quote > balances.free(quoteAsset) + locked) {
    expire(trading, order, "REJECTED", time);
    return;
  }
  let reserved = order.side === "BUY" ? taking.quote : taking.quantity;
  for (const fill of taking.fills) {
    reserved -= order.side === "BUY" ? quoteOf(fill) : fill.quantity;
    fillOrder(trading, order, { ...fill, time, isMaker: false, reserved });
  }
  if (isOpen(order) && isAtMarket(order.type)) {
    expire(trading, order, "INSUFFICIENT_LIQUIDITY", time);
  } else if (isOpen(order) && order.timeInForce === "IOC") {
    expire(trading, order, "UNFILLED_IOC_QUANTITY_EXPIRED", time);
  }
}
