import { absolute, divide, least, multiply } from "../decimal.ts";
import type { OrderSide } from "../market/types.ts";
import type { Position, PositionSide } from "./types.ts";

/** A fill, as a position sees it. */
interface PositionFill {
  side: OrderSide;
  price: bigint;
  quantity: bigint;
}

/**
 * What a fill makes of a position. The part of the cost that is closed is cut off at 1e-8, and what is cut off stays with
 * the rest, so that the profits of a position that was closed add up exactly.
 */
export function afterFill(
  { amount, cost }: Pick<Position, "amount" | "cost">,
  { side, price, quantity }: PositionFill,
): { amount: bigint; cost: bigint; realized: bigint } {
  const signed = side === "BUY" ? quantity : -quantity;
  if (amount === 0n || amount > 0n === signed > 0n) {
    return { amount: amount + signed, cost: cost + multiply(price, quantity, "down"), realized: 0n };
  }
  const size = absolute(amount);
  const closed = least(size, quantity);
  const closedCost = (cost * closed) / size;
  const value = multiply(price, closed, "down");
  return {
    amount: amount + signed,
    // What is more than the position opens one on the other side.
    cost: quantity > size ? multiply(price, quantity - size, "down") : cost - closedCost,
    realized: amount > 0n ? value - closedCost : closedCost - value,
  };
}

export function entryPrice({ amount, cost }: Pick<Position, "amount" | "cost">): bigint {
  return amount === 0n ? 0n : divide(cost, absolute(amount), "down");
}

/** What it is worth at a price: negative if it is short. */
export function notionalOf({ amount }: Pick<Position, "amount">, price: bigint): bigint {
  return multiply(amount, price, "down");
}

/** The profit if it were closed at this price. */
export function unrealizedOf(position: Pick<Position, "amount" | "cost">, price: bigint): bigint {
  const value = notionalOf(position, price);
  return position.amount < 0n ? position.cost + value : value - position.cost;
}

/** How much of a position an order of this side can close. */
export function closable({ amount }: Pick<Position, "amount">, side: OrderSide): bigint {
  return (side === "SELL") === amount > 0n ? absolute(amount) : 0n;
}

/** The account's positions, which are made when they are first needed. */
export class Positions {
  readonly #positions = new Map<string, Position>();

  of(symbol: string, side: PositionSide): Position {
    const name = `${symbol} ${side}`;
    const known = this.#positions.get(name);
    if (known) {
      return known;
    }
    const position = { symbol, side, amount: 0n, cost: 0n, realized: 0n, updateTime: 0 };
    this.#positions.set(name, position);
    return position;
  }

  /** Those that aren't empty; of all contracts without a name. */
  open(symbol?: string): Position[] {
    return [...this.#positions.values()].filter(
      (position) => position.amount !== 0n && (symbol === undefined || position.symbol === symbol),
    );
  }
}
