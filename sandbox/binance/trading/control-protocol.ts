import * as z from "zod";
import { amountText } from "../amount-text.ts";

// What the clients and the server of the control socket exchange about orders.

/** An order as a person sees it on the website. */
export const listedOrder = z.object({
  orderId: z.int(),
  symbol: z.string(),
  clientOrderId: z.string(),
  side: z.enum(["BUY", "SELL"]),
  type: z.string(),
  status: z.string(),
  price: z.string(),
  stopPrice: z.string(),
  quantity: z.string(),
  executed: z.string(),
  placed: z.iso.datetime(),
});
export type ListedOrder = z.infer<typeof listedOrder>;
export const orderList = z.object({ orders: z.array(listedOrder) });

/** Which orders to list. */
export const orderQuery = z.object({ symbol: z.string().optional(), only: z.enum(["open"]).optional() });
export type OrderQuery = z.infer<typeof orderQuery>;

/** A trade of the account. */
const listedTrade = z.object({
  orderId: z.int(),
  side: z.enum(["BUY", "SELL"]),
  quantity: z.string(),
  price: z.string(),
  cost: z.string(),
  fee: z.string(),
  feeAsset: z.string(),
  time: z.iso.datetime(),
});
/** What the trades of a symbol have come to. */
const tradeResult = z.object({
  baseAsset: z.string(),
  quoteAsset: z.string(),
  paid: z.string(),
  received: z.string(),
  /** By asset. */
  fees: z.record(z.string(), z.string()),
  /** What is left of what was bought, and what it is worth at the latest price. Negative if more was sold. */
  left: z.string(),
  worth: z.string(),
  /** In the quote asset, after the fees in these two assets. */
  profit: z.string(),
});

export const tradeList = z.object({ trades: z.array(listedTrade), result: tradeResult });
export type TradeList = z.infer<typeof tradeList>;

/** Somebody trades with an order, at its price. */
export const orderFill = z.object({
  /** All that is left, if left out. */
  quantity: amountText.optional(),
});
export type OrderFill = z.infer<typeof orderFill>;

/** Money comes in or goes out. */
export const transfer = z.object({
  kind: z.enum(["deposit", "withdraw"]),
  asset: z.string(),
  amount: amountText,
});
export type Transfer = z.infer<typeof transfer>;
