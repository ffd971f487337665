import * as z from "zod";
import { permissionsSetting } from "./key-rules.ts";
import { listSetting } from "./list-setting.ts";
import { confirmationsText } from "./rules/confirmations.ts";

/** How strictly `pulumi up` checks a new key pair before it is activated, and the guard the one that is live. */
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
  permissions: permissionsSetting.default("spot").meta({
    description:
      "What the key is for, and which permissions it has: `spot` (Reading, and Spot & Margin Trading) or `futures` (Reading, and Futures; no spot trading beside it). `pulumi up`, the guard and `npm run verify` accept exactly these.",
    example: "spot",
    rule: "must be spot or futures",
    hint: "A key is for one purpose: spot trading or futures.",
  }),
  // What isn't the name of a permission matches none.
  acceptedPermissions: listSetting.default([]).meta({
    description:
      "Names of permissions that you accept although this program doesn't know them, as its message shows them, separated by commas. A name that the program knows is accepted only as missing from Binance's reply, never as on.",
    example: "enableSomethingNew",
    rule: "must be names of permissions, separated by commas",
    hint: "A message of `pulumi up`, the guard or `npm run verify` has the name.",
  }),
  verification: verificationMode.default("enforce").meta({
    description:
      "What happens to a key pair that fails a check. `enforce`: a new one isn't activated, and the guard stops the bot. `warn`: the findings are shown and sent to the webhook, a new one is activated anyway, and the guard doesn't stop the bot. `off`: neither `pulumi up` nor the guard checks anything.",
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
