import * as z from "zod";

// What the clients and the server of the control socket exchange about orders.

const amount = z.string().regex(/^\d{1,12}(\.\d{1,8})?$/);

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

/** Somebody trades with an order, at its price. */
export const orderFill = z.object({
  /** All that is left, if left out. */
  quantity: amount.optional(),
});
export type OrderFill = z.infer<typeof orderFill>;

/** Money comes in or goes out. */
export const transfer = z.object({ kind: z.enum(["deposit", "withdraw"]), asset: z.string(), amount });
export type Transfer = z.infer<typeof transfer>;
