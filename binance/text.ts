/** How many characters of a text from outside a message may quote. */
const longest = 200;

/** A colour or another style, as programs print it. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const style = /\x1b\[[\d;:]*m/g;

/** What isn't shown, but hides, joins or reverses what is. */
const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/** What a terminal obeys or what breaks a line, except the line feed and the tab. */
const control = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * Makes a text from outside safe for a terminal: without styles and invisible characters, and with U+FFFD for each
 * other control character. Its lines stay as they are.
 */
export function printable(text: string): string {
  return text
    .replaceAll(style, "")
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(invisible, "")
    .replaceAll(control, "\ufffd");
}

/** Makes JSON safe for a terminal: whatever isn't shown as itself becomes an escape that means the same. */
export function escapeForTerminal(json: string): string {
  return json.replaceAll(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** Makes a text safe for a terminal and the journal: one line, cut, without control characters. */
export function oneLine(text: string, limit = longest): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\s]+/gu, " ").trim();
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

/** Names a character, such as U+200B: an invisible one can't be shown. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
