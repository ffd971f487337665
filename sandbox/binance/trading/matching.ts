import { divide, least, multiply, roundToStep } from "../decimal.ts";
import type { BookLevel, OrderSide } from "../market/types.ts";

/** What an order takes from the book. */
export interface Taking {
  /** A price and a quantity for each level. */
  fills: BookLevel[];
  quantity: bigint;
  /** Its value in the quote asset. */
  quote: bigint;
}

/** What an order wants from the other side of the book. */
export interface Want {
  side: OrderSide;
  /** undefined if an amount of the quote asset decides. */
  quantity: bigint | undefined;
  /** How much of the quote asset to spend or receive at most. */
  quoteQuantity: bigint | undefined;
  /** undefined takes any price. */
  limit: bigint | undefined;
  stepSize: bigint;
}

/** The value of a fill in the quote asset. assumed: what is smaller than 1e-8 is cut off. */
export function quoteOf({ price, quantity }: BookLevel): bigint {
  return multiply(price, quantity, "down");
}

/** @param levels the other side of the book, the best price first */
export function takeFrom(levels: readonly BookLevel[], want: Want): Taking {
  const taking: Taking = { fills: [], quantity: 0n, quote: 0n };
  for (const level of levels) {
    const quantity = isAcceptable(level.price, want) ? wanted(level, want, taking) : 0n;
    if (quantity <= 0n) {
      break;
    }
    const fill = { price: level.price, quantity };
    taking.fills.push(fill);
    taking.quantity += quantity;
    taking.quote += quoteOf(fill);
  }
  return taking;
}

/** Whether an order would trade at once. */
export function wouldTake(levels: readonly BookLevel[], want: Pick<Want, "side" | "limit">): boolean {
  const [best] = levels;
  return best !== undefined && isAcceptable(best.price, want);
}

/** The price that is at least as good as the limit. */
function isAcceptable(price: bigint, { side, limit }: Pick<Want, "side" | "limit">): boolean {
  return limit === undefined || (side === "BUY" ? price <= limit : price >= limit);
}

function wanted({ price, quantity: offered }: BookLevel, want: Want, taken: Taking): bigint {
  const { quantity, quoteQuantity, stepSize } = want;
  const byQuantity = quantity === undefined ? offered : quantity - taken.quantity;
  const byQuote =
    quoteQuantity === undefined
      ? offered
      : roundToStep(divide(quoteQuantity - taken.quote, price, "down"), stepSize, "down");
  return least(offered, byQuantity, byQuote);
}
