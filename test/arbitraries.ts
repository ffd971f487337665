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

/** Whether a text holds more than a few characters of a value in a row. */
export function tells(text: string, value: string): boolean {
  for (let start = 0; start + harmless < value.length; start++)
    if (text.includes(value.slice(start, start + harmless + 1))) return true;
  return false;
}
