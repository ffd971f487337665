// Decimals as the API writes them ("0.00100000"), compared exactly.

/** Enough decimal places for every number that the API accepts. */
const places = 20;

function scaled(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(places, "0"));
}

export function isPositive(text: string): boolean {
  return scaled(text) > 0n;
}

export function isMultiple(text: string, step: string): boolean {
  return scaled(text) % scaled(step) === 0n;
}

/** Whether the product is less than the limit. */
export function isProductBelow(one: string, other: string, limit: string): boolean {
  return scaled(one) * scaled(other) < scaled(limit) * 10n ** BigInt(places);
}
