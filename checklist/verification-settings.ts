import * as z from "zod";
import { confirmationsText } from "./rules/confirmations.ts";

/** How strictly `pulumi up` checks a new key pair before it is activated. */
export const verificationMode = z.enum(["enforce", "warn", "off"]);

export type VerificationMode = z.output<typeof verificationMode>;

/**
 * The settings that `pulumi up` and `npm run verify` both read, as Pulumi stores them. They are here because scripts
 * import nothing of components/; all others are in components/settings/schema.ts.
 */
export const verificationSettings = z.object({
  keyName: z.string().max(100).default("").meta({
    description:
      "The key's name at Binance. It should say which system the key is for. Binance's API doesn't report it, so `npm run verify` checks what is set here.",
    example: "TradingBot-Hetzner-01",
    rule: "must not be longer than 100 characters",
  }),
  verification: verificationMode.default("enforce").meta({
    description:
      "What happens to a new key pair that fails the check through the server, or that could not be checked: `enforce` (it isn't activated), `warn` (it is activated, and the findings are shown) or `off` (nothing is checked).",
    example: "enforce",
    rule: "must be enforce, warn or off",
    hint: "With enforce, only a key pair that passes the check is activated.",
  }),
  testPair: z
    .string()
    .regex(/^([A-Z0-9._-]{1,50})?$/)
    .default("")
    .transform((symbol) => (symbol === "" ? undefined : symbol))
    .meta({
      description:
        "The symbol that the test order of `pulumi up` and `npm run verify` is for. No order is placed. Set it if your key or your account may trade neither BTCUSDC nor BTCUSDT. Its second currency must be worth about a dollar, because the amount is 20.",
      defaultText: "BTCUSDC, then BTCUSDT",
      example: "ETHUSDC",
      rule: "must be a symbol of Binance, in capital letters and without a slash",
      hint: "It is the pair of the test order, which is never placed.",
    }),
  renewAfterMonths: z
    .string()
    .regex(/^([1-9]|1[0-2])$/)
    .transform(Number)
    .default(6)
    .meta({
      description:
        "After how many months the key should be renewed: 1 to 12. After 12 months, renewal is overdue.",
      example: "6",
      rule: "must be a whole number from 1 to 12",
      hint: "It is a number of months.",
    }),
  confirmations: confirmationsText.default({}).meta({
    description:
      "What you have confirmed about your account, and when. `npm run verify -- --confirm` writes it.",
    rule: "must be what `npm run verify -- --confirm` has written",
    hint: "Remove it, and confirm the points of your account again.",
  }),
});

export type VerificationSettings = z.output<typeof verificationSettings>;
