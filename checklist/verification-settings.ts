import * as z from "zod";
import { confirmationsText } from "./rules/confirmations.ts";

/** How strictly `pulumi up` holds a new pair to the rules before it is activated. */
export const verificationMode = z.enum(["enforce", "warn", "off"]);

/** The settings that verification needs, as Pulumi stores them; its defaults are Pulumi.yaml's, too. */
export const verificationSettings = z.object({
  verification: verificationMode.default("enforce"),
  /** The key's name at Binance, which no endpoint tells. */
  keyName: z.string().max(100).default(""),
  /** When a key's renewal is due; it is overdue after 12 months in any case. */
  renewAfterMonths: z
    .string()
    .regex(/^([1-9]|1[0-2])$/)
    .transform(Number)
    .default(6),
  /** What the owner has confirmed, on which day, about which key. */
  confirmations: confirmationsText.default({}),
});

export type VerificationSettings = z.output<typeof verificationSettings>;
