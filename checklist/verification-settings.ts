import * as z from "zod";
import { confirmationsText } from "./rules/confirmations.ts";

/** How strictly `pulumi up` checks a new pair before it is activated. */
export const verificationMode = z.enum(["enforce", "warn", "off"]);

/** The settings that verification needs, as Pulumi stores them. The defaults are the same as in Pulumi.yaml. */
export const verificationSettings = z.object({
  verification: verificationMode.default("enforce"),
  /** The key's name at Binance. No endpoint returns it. */
  keyName: z.string().max(100).default(""),
  /** After how many months a key's renewal is due. It is always overdue after 12. */
  renewAfterMonths: z
    .string()
    .regex(/^([1-9]|1[0-2])$/)
    .transform(Number)
    .default(6),
  /** What the owner has confirmed, on which date, about which key. */
  confirmations: confirmationsText.default({}),
});

export type VerificationSettings = z.output<typeof verificationSettings>;
