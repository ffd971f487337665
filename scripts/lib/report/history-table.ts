import type { HistoryEvent } from "./history.ts";

const red = "31";
const green = "32";

/**
 * The events as a person reads them, the oldest first.
 *
 * @param colours whether ANSI colours may be used
 */
export function historyTable(events: HistoryEvent[], colours: boolean): string {
  if (events.length === 0) {
    return "Nothing has happened to a key pair on this server yet.\n";
  }
  const heads = { at: "When (UTC)", what: "What", fingerprint: "Key pair", outcome: "What came of it" };
  const rows = [heads, ...events.map((event) => ({ ...event, at: readableTime(event.at) }))];
  // A line of no known form is longer than a column, and has nothing behind it.
  const named = rows.filter(({ fingerprint }) => fingerprint !== null);
  const width = Math.max(0, ...named.map(({ what }) => what.length));
  return rows
    .map(({ at, what, fingerprint, outcome }) => {
      const action = painted(what.padEnd(width), colourOf(what), colours);
      return `${at.padEnd(19)}  ${action}  ${(fingerprint ?? "").padEnd(12)}  ${outcome}`.trimEnd() + "\n";
    })
    .join("");
}

function readableTime(at: string): string {
  return at.slice(0, 19).replace("T", " ");
}

function colourOf(what: string): string | undefined {
  if (what === "activated") {
    return green;
  }
  return what === "rolled back to" || what === "refused" ? red : undefined;
}

function painted(text: string, colour: string | undefined, colours: boolean): string {
  return colours && colour !== undefined ? `\x1b[${colour}m${text}\x1b[0m` : text;
}
