// Amounts and prices are integers in units of 1e-8: exact, and as the API writes them ("0.00100000").

/** The places that the API writes after the point. */
const places = 8;

/** The number 1. */
export const one = 10n ** BigInt(places);

/** The integer that division or the step ends on: the one below or the one above. "down" is towards zero for a negative one. */
export type Rounding = "down" | "up";

/** Reads digits with at most eight of them after the point. @throws RangeError for anything else */
export function parseDecimal(text: string): bigint {
  const match = /^(\d{1,30})(?:\.(\d{1,8}))?$/.exec(text);
  if (!match) {
    throw new RangeError(`"${text}" isn't a decimal number with at most ${places} places`);
  }
  const [, whole = "", fraction = ""] = match;
  return BigInt(whole + fraction.padEnd(places, "0"));
}

/** Always with eight places. */
export function formatDecimal(amount: bigint): string {
  const digits = absolute(amount)
    .toString()
    .padStart(places + 1, "0");
  return `${amount < 0n ? "-" : ""}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

/** Without zeros at the end: "0.001". */
export function formatShort(amount: bigint): string {
  return formatDecimal(amount).replace(/\.?0+$/, "");
}

/** With this many digits after the point. More are cut off. */
export function formatPlaces(amount: bigint, digits: number): string {
  const text = formatDecimal(amount);
  return digits === 0 ? text.slice(0, -places - 1) : text.slice(0, text.length - places + digits);
}

/** With as many digits after the point as a step has. More are cut off. */
export function formatStep(amount: bigint, step: bigint): string {
  const [, digits = ""] = formatShort(step).split(".");
  return formatPlaces(amount, digits.length);
}

export function absolute(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

export function multiply(left: bigint, right: bigint, rounding: Rounding): bigint {
  return divideIntegers(left * right, one, rounding);
}

export function divide(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  return divideIntegers(dividend * one, divisor, rounding);
}

/** The nearest multiple of the step in that direction. */
export function roundToStep(amount: bigint, step: bigint, rounding: Rounding): bigint {
  return divideIntegers(amount, step, rounding) * step;
}

export function least(first: bigint, ...others: bigint[]): bigint {
  return others.reduce((smallest, other) => (other < smallest ? other : smallest), first);
}

export function greatest(first: bigint, ...others: bigint[]): bigint {
  return others.reduce((largest, other) => (other > largest ? other : largest), first);
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) {
    total += amount;
  }
  return total;
}

function divideIntegers(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  const quotient = dividend / divisor;
  return rounding === "up" && dividend % divisor !== 0n ? quotient + 1n : quotient;
}
