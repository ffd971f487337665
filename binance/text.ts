/** How many characters of a text from outside a message may quote. */
const longest = 200;

/** Makes a text safe for a terminal and the journal: one line, cut, without control characters. */
export function oneLine(text: string, limit = longest): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > limit ? `${line.slice(0, limit)}…` : line;
}

/**
 * Makes a text from outside safe to show: one line, and no word so long that it may be a key, a secret or a
 * signature (HMAC's have 64 hex digits, Ed25519's 88 characters).
 *
 * @param secrets values that must never be shown
 */
export function redact(text: string, secrets: string[] = []): string {
  const redacted = secrets
    .filter((secret) => secret !== "")
    .reduce((shown, secret) => shown.replaceAll(secret, "[…]"), text);
  return oneLine(redacted.replaceAll(/[A-Za-z0-9+/=%_-]{40,}/g, "[…]"));
}

/** Ends a text as a sentence, unless it ends as one. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
