import type { SignedCall } from "../../call.ts";
import { accountMayNotTrade, actionDisabled, type ErrorAnswer } from "../../errors.ts";
import type { OrderSide } from "../../market/types.ts";
import { cancelRejected, symbolNotPermitted, symbolNotWhitelisted } from "../../order-errors.ts";

/** assumed: the order, from the key to the account to the symbol. @throws ErrorAnswer if no such order may be placed */
export function checkPermission({ exchange, key }: SignedCall, symbol: string, side: OrderSide): void {
  const refusal = refusalOf({ exchange, key }, symbol, side);
  if (refusal) {
    throw refusal;
  }
}

/** @throws ErrorAnswer if the account may not cancel orders */
export function checkMayCancel({ exchange }: Pick<SignedCall, "exchange">): void {
  if (!exchange.account.canTrade) {
    throw cancelRejected("This account may not place or cancel orders.");
  }
}

function refusalOf(
  { exchange, key }: Pick<SignedCall, "exchange" | "key">,
  symbol: string,
  side: OrderSide,
): ErrorAnswer | undefined {
  const { account, clock } = exchange;
  if (key.symbols.length > 0 && !key.symbols.includes(symbol)) {
    return symbolNotWhitelisted();
  }
  if (account.lockedUntil !== undefined && account.lockedUntil > clock.now()) {
    return actionDisabled();
  }
  if (!account.canTrade) {
    return accountMayNotTrade();
  }
  if (account.forbiddenSymbols.includes(symbol)) {
    return symbolNotPermitted();
  }
  // assumed: a reduce-only account may sell what it has, and nothing else. No text is documented for it.
  return account.isReduceOnly && side === "BUY" ? actionDisabled() : undefined;
}
