import type { Failure } from "./failure.ts";

/** Why Binance refuses orders of an account, whatever its key may do and whichever symbol the order is for. */
export type AccountRefusal = "reduce-only" | "no-orders" | "region";

/** USDⓈ-M futures have codes for it ("Error Codes", 40xx to 44xx). */
const codes: ReadonlyMap<number, AccountRefusal> = new Map([
  [-4087, "reduce-only"],
  [-4400, "reduce-only"],
  [-4401, "reduce-only"],
  [-4088, "no-orders"],
  [-4109, "no-orders"],
  [-4192, "no-orders"],
  [-4402, "region"],
]);

/** The spot market has one code for it, -2010, with several texts (binance-spot-api-docs, "Error codes"). */
const texts: readonly [RegExp, AccountRefusal][] = [
  [/reduce.?only/i, "reduce-only"],
  [/action is disabled|may not place or cancel|api trading is not enabled/i, "no-orders"],
  [/(your|this) (region|country)/i, "region"],
];

/** @returns undefined if the refusal is about something else, such as the order's symbol or amount */
export function accountRefusalIn(failure: Failure): AccountRefusal | undefined {
  if (failure.kind !== "refused" || failure.code === undefined) {
    return undefined;
  }
  const byCode = codes.get(failure.code);
  if (byCode !== undefined || failure.code !== -2010) {
    return byCode;
  }
  return texts.find(([text]) => text.test(failure.message))?.[1];
}
