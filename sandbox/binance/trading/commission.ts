import { divide, multiply, one, parseDecimal } from "../decimal.ts";
import type { OrderSide } from "../market/types.ts";

/** The rates of an account without a discount: 0.1 %. */
export const standardRate = parseDecimal("0.001");
/** What is taken off the standard commission if it is paid in BNB. */
export const bnbDiscount = parseDecimal("0.25");

/** An amount that is paid for a fill. */
export interface Commission {
  amount: bigint;
  asset: string;
}

/** A fill, and what its commission depends on. */
export interface CommissionInput {
  side: OrderSide;
  baseAsset: string;
  quoteAsset: string;
  quantity: bigint;
  quote: bigint;
  /** What can be paid in BNB; undefined if the account doesn't pay commissions in BNB. */
  freeBnb: bigint | undefined;
  /** The price of a BNB in an asset, or undefined if it isn't traded. */
  bnbPrice: (asset: string) => bigint | undefined;
}

/**
 * Documented in commission_faq.md: the rate of what is received; less in BNB if that is switched on and there is enough
 * of it. assumed: what is smaller than 1e-8 is cut off.
 */
export function commissionOf(fill: CommissionInput): Commission {
  const [asset, received] =
    fill.side === "BUY" ? [fill.baseAsset, fill.quantity] : [fill.quoteAsset, fill.quote];
  const inBnb = fill.freeBnb === undefined ? undefined : bnbCommission(fill, asset, received);
  if (inBnb !== undefined && fill.freeBnb !== undefined && inBnb <= fill.freeBnb) {
    return { amount: inBnb, asset: "BNB" };
  }
  return { amount: multiply(received, standardRate, "down"), asset };
}

function bnbCommission(fill: CommissionInput, asset: string, received: bigint): bigint | undefined {
  const rate = multiply(standardRate, one - bnbDiscount, "down");
  const commission = multiply(received, rate, "down");
  if (asset === "BNB") {
    return commission;
  }
  const direct = fill.bnbPrice(asset);
  if (direct !== undefined) {
    return divide(commission, direct, "down");
  }
  // What a BNB costs in the quote asset always leads to a value, because the fill itself has one there.
  const quotePrice = fill.bnbPrice(fill.quoteAsset);
  return quotePrice === undefined
    ? undefined
    : divide(multiply(fill.quote, rate, "down"), quotePrice, "down");
}
