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

/** The longest run of characters of `value` that `text` may hold without telling anything of it. */
const harmless = 4;

/**
 * Whether a text holds more than a few characters of a value in a row.
 *
 * @param few how many are a few: a value in hex, made anew in each run, has five in common with some text by chance
 */
export function tells(text: string, value: string, few = harmless): boolean {
  for (let start = 0; start + few < value.length; start++) {
    if (text.includes(value.slice(start, start + few + 1))) {
      return true;
    }
  }
  return false;
}
