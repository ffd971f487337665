/** How many characters of a text from outside a message may quote. */
const longest = 200;

/**
 * Makes a text from outside safe for a terminal: one line, cut, without control characters, and without the token.
 *
 * @param token never shown, even if Hetzner repeats it
 */
export function quote(text: string, token: string): string {
  const redacted = token === "" ? text : text.replaceAll(token, "[…]");
  const line = redacted.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\s]+/gu, " ").trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** "fsn1", "fsn1 and nbg1", "fsn1, nbg1 and hel1". */
export function list(items: readonly string[], last = "and"): string {
  return items.length < 2
    ? items.join("")
    : `${items.slice(0, -1).join(", ")} ${last} ${items.slice(-1).join("")}`;
}
