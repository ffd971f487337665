import { greatest, least } from "../decimal.ts";
import type { Market } from "../market/market.ts";
import type { Trade } from "../market/types.ts";

/** What a trailing stop order follows. */
export interface Trail {
  symbol: string;
  /** A sell order follows the highest price, a buy order the lowest. */
  side: "BUY" | "SELL";
  /** In basis points. */
  delta: number;
  /** The best price so far. */
  extreme: bigint;
}

const basisPoints = 10_000n;

/** Whether the price differs from the best one by the delta. */
function isTriggered({ side, delta, extreme }: Trail, price: bigint): boolean {
  return side === "SELL"
    ? price * basisPoints <= extreme * (basisPoints - BigInt(delta))
    : price * basisPoints >= extreme * (basisPoints + BigInt(delta));
}

/** @returns the trade that triggers the order, or else the best price at the end */
export function followPrice(
  market: Market,
  trail: Trail,
  from: number,
  to: number,
): { trade: Trade } | { extreme: bigint } {
  const range = market.extremes(trail.symbol, from, to);
  if (range === undefined) {
    return { extreme: trail.extreme };
  }
  const [best, worst] = trail.side === "SELL" ? [range.high, range.low] : [range.low, range.high];
  const extreme = trail.side === "SELL" ? greatest(trail.extreme, best) : least(trail.extreme, best);
  // Even the worst price after the best one would not trigger it.
  if (!isTriggered({ ...trail, extreme }, worst)) {
    return { extreme };
  }
  if (range.high === range.low || to - from <= 1) {
    const trade = market.firstTrade(trail.symbol, "at-or-above", 0n, from, to);
    return trade && isTriggered(trail, trade.price) ? { trade } : { extreme };
  }
  const middle = Math.floor((from + to) / 2);
  const first = followPrice(market, trail, from, middle);
  return "trade" in first ? first : followPrice(market, { ...trail, extreme: first.extreme }, middle, to);
}
