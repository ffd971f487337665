import type * as z from "zod";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import type { accountEdit } from "../control-protocol.ts";
import { parseDecimal } from "../decimal.ts";
import type { Exchange } from "./exchange.ts";

/** Changes the named parts of the account. The rest stays. */
export function editAccount(
  { account, clock, trading, market }: Exchange,
  edit: z.output<typeof accountEdit>,
): void {
  const now = clock.now();
  account.updated = now;
  account.status = edit.status ?? account.status;
  account.canTrade = edit.canTrade ?? account.canTrade;
  account.withdrawalAddresses = edit.withdrawalAddresses ?? account.withdrawalAddresses;
  if (edit.lockedSeconds !== undefined) {
    account.lockedUntil = new Date(now.getTime() + edit.lockedSeconds * 1000);
  }
  account.isReduceOnly = edit.isReduceOnly ?? account.isReduceOnly;
  account.paysCommissionInBnb = edit.paysCommissionInBnb ?? account.paysCommissionInBnb;
  for (const symbol of edit.forbiddenSymbols ?? []) {
    if (!market.symbol(symbol)) {
      throw new RuleViolation(`there is no symbol "${symbol}"`);
    }
  }
  account.forbiddenSymbols = edit.forbiddenSymbols ?? account.forbiddenSymbols;
  for (const [asset, { free, locked }] of Object.entries(edit.balances ?? {})) {
    trading.setBalance(asset, amount(free), amount(locked));
  }
}

/** An amount that a person typed. */
function amount(text: string): bigint {
  try {
    return parseDecimal(text);
  } catch {
    throw new RuleViolation(`"${text}" isn't a decimal number with at most eight places`);
  }
}
