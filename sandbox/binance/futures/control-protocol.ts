import * as z from "zod";
import { amountText } from "../amount-text.ts";

// What the clients and the server of the control socket exchange about futures.

/** The futures account as a person sees it on the website. */
export const listedFutures = z.object({
  /** In USDT, without the profits of open positions. */
  wallet: z.string(),
  positions: z.array(
    z.object({
      symbol: z.string(),
      side: z.enum(["BOTH", "LONG", "SHORT"]),
      /** Negative if it is short. */
      amount: z.string(),
      entryPrice: z.string(),
      unrealizedProfit: z.string(),
    }),
  ),
  /** The open orders, with those that wait for a price. */
  orders: z.array(
    z.object({
      id: z.int(),
      symbol: z.string(),
      side: z.enum(["BUY", "SELL"]),
      type: z.string(),
      price: z.string(),
      triggerPrice: z.string(),
      quantity: z.string(),
      executed: z.string(),
    }),
  ),
});
export type ListedFutures = z.infer<typeof listedFutures>;

/** USDT that comes into the futures wallet or leaves it. */
export const futuresTransfer = z.object({
  kind: z.enum(["deposit", "withdraw"]),
  amount: amountText,
});
export type FuturesTransfer = z.infer<typeof futuresTransfer>;
