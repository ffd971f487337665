import type * as z from "zod";
import { RuleViolation } from "../../emulator/rule-violation.ts";
import type { accountEdit } from "../control-protocol.ts";
import type { Exchange } from "./exchange.ts";

/** Changes the named parts of the account. The rest stays. */
export function editAccount({ account, clock }: Exchange, edit: z.output<typeof accountEdit>): void {
  const now = clock.now();
  account.updated = now;
  account.status = edit.status ?? account.status;
  account.canTrade = edit.canTrade ?? account.canTrade;
  account.withdrawalAddresses = edit.withdrawalAddresses ?? account.withdrawalAddresses;
  if (edit.lockedSeconds !== undefined) {
    account.lockedUntil = new Date(now.getTime() + edit.lockedSeconds * 1000);
  }
  for (const [asset, { free, locked }] of Object.entries(edit.balances ?? {})) {
    account.balances.set(asset, { free: eightPlaces(free), locked: eightPlaces(locked) });
  }
}

function eightPlaces(amount: string): string {
  if (!/^\d{1,12}(\.\d{1,8})?$/.test(amount)) {
    throw new RuleViolation(`"${amount}" isn't a decimal number with at most eight places`);
  }
  const [whole = "0", fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(8, "0")}`;
}
