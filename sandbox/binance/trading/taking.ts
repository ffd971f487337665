import { rulesOf, type Trading } from "./execution.ts";
import { takeFrom, type Taking, wouldTake } from "./matching.ts";
import { isAtMarket, type OrderRequest } from "./order.ts";

type Taker = Pick<OrderRequest, "symbol" | "side" | "type" | "price" | "quoteOrderQuantity">;

/** Most orders need few levels of the book, and computing more of them takes time. */
const depths = [20, 1000];

/** What an order would take from the book at a time. @param quantity ignored if an amount of the quote asset decides */
export function takingOf(trading: Trading, order: Taker, quantity: bigint, time: number): Taking {
  const { symbol, side, type, price, quoteOrderQuantity } = order;
  const isByQuote = quoteOrderQuantity > 0n;
  const want = {
    side,
    quantity: isByQuote ? undefined : quantity,
    quoteQuantity: isByQuote ? quoteOrderQuantity : undefined,
    limit: isAtMarket(type) ? undefined : price,
    stepSize: rulesOf(trading, symbol).filters.lotSize.stepSize,
  };
  let taking: Taking = { fills: [], quantity: 0n, quote: 0n };
  for (const depth of depths) {
    taking = takeFrom(otherSide(trading, order, time, depth), want);
    if (taking.fills.length < depth) {
      break;
    }
  }
  return taking;
}

/** Whether an order would trade at once. */
export function wouldTakeNow(trading: Trading, order: Taker, time: number): boolean {
  return wouldTake(otherSide(trading, order, time, 1), { side: order.side, limit: order.price });
}

function otherSide({ market }: Trading, { symbol, side }: Taker, time: number, depth: number) {
  const { bids, asks } = market.book(symbol, time, depth);
  return side === "BUY" ? asks : bids;
}
