import * as z from "zod";
import { amountText } from "../amount-text.ts";

// What control.ts and control-server.ts exchange about the market and the service.

/** What is done to a symbol's price. It begins within 100 ms. */
export const priceChange = z.discriminatedUnion("kind", [
  /** The price goes there, and keeps moving afterwards. */
  z.object({ kind: z.literal("move"), price: amountText, within: z.number().min(0).default(0) }),
  /** The price stays there. */
  z.object({ kind: z.literal("pin"), price: amountText }),
  /** The price is again what it would be without any change. */
  z.object({ kind: z.literal("release") }),
]);
export type PriceChange = z.input<typeof priceChange>;

/** The latest price. */
export const shownPrice = z.object({ symbol: z.string(), price: z.string(), time: z.iso.datetime() });
export type ShownPrice = z.infer<typeof shownPrice>;

/** When a change of the price is complete. */
export const changedPrice = z.object({ from: z.iso.datetime() });

/** How the service is. What isn't named stays. */
export const serviceEdit = z.strictObject({
  isInMaintenance: z.boolean().optional(),
  /** How long each answer takes, in milliseconds. */
  delay: z.number().min(0).optional(),
});
export type ServiceEdit = z.infer<typeof serviceEdit>;
