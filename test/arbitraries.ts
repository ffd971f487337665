import fc from "fast-check";

/** What Binance's keys and secrets, and Hetzner's tokens, look like. */
export const token = fc.stringMatching(/^[A-Za-z0-9]{64}$/);

/** Two different tokens. */
export const tokenPair = fc
  .uniqueArray(token, { minLength: 2, maxLength: 2 })
  .map(([one = "", other = ""]) => ({
    apiKey: one,
    apiSecret: other,
  }));

/** So many characters of a value in a row may be in a text by chance, and reveal nothing. Five in a row are, in some runs. */
const harmless = 7;

/**
 * Whether a text leaks a value: whether it has more than a few of its characters in a row.
 *
 * @param few how many are a few. A random value in hex may have five in common with some text
 */
export function leaks(text: string, value: string, few = harmless): boolean {
  for (let start = 0; start + few < value.length; start++) {
    if (text.includes(value.slice(start, start + few + 1))) {
      return true;
    }
  }
  return false;
}
