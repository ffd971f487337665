import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { fingerprintLength } from "../../../binance/key-pair.ts";
import { oneLine } from "../../../binance/text.ts";
import { UserError } from "../command/user-error.ts";
import type { Style } from "./style.ts";

/** Something that was done with a key pair on the server. */
export interface HistoryEvent {
  /** ISO 8601, in UTC. */
  at: string;
  /** "delivered", "activated", "rolled back to", "changed to paper mode", …; or the whole message, if it has an unknown form. */
  what: string;
  /** The key pair's fingerprint, or null if the message names none. */
  fingerprint: string | null;
  /** The result or the reason; empty if the message gives none. */
  outcome: string;
}

/** A line of `journalctl --output=json`. A message that isn't UTF-8 is printed as a list of bytes. */
const entry = z.object({
  /** Microseconds since 1970, in digits. */
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{1,16}$/),
  MESSAGE: z
    .union([z.string(), z.array(z.number().int().min(0).max(255))])
    .catch("an entry whose message can't be read"),
});

/** What root_tools/binance_credential.py and bot_control.py on the server record: what was done, the fingerprint, and the outcome. */
const messageForm = new RegExp(`^([a-z][a-z ]*?) ([0-9a-f]{${fingerprintLength}}|none)(?:[:,]? (.+))?$`);

/**
 * Parses what journalctl prints, the oldest entry first. A message of an unknown form is kept as it is.
 *
 * @throws UserError if a line isn't a journal entry: what is left would not be the whole history
 */
export function parseHistory(journal: string): HistoryEvent[] {
  const lines = journal.split("\n").filter((line) => line.trim() !== "");
  return lines.map((line, index) => {
    const { data } = entry.safeParse(parseJson(line));
    if (data === undefined) {
      throw new UserError(
        `The server's journal can't be read: line ${index + 1} of the answer isn't a journal entry. A sound server sends nothing else.`,
      );
    }
    return parseMessage(decodeMessage(data.MESSAGE), Number(data.__REALTIME_TIMESTAMP));
  });
}

function decodeMessage(message: string | number[]): string {
  return oneLine(typeof message === "string" ? message : Buffer.from(message).toString("utf8"));
}

/** @param at in µs */
function parseMessage(message: string, at: number): HistoryEvent {
  const [, what = message, fingerprint = null, outcome = ""] = messageForm.exec(message) ?? [];
  return { at: new Date(at / 1000).toISOString(), what, fingerprint, outcome };
}

/** The events for people, the oldest first. */
export function historyTable(events: HistoryEvent[], style: Style): string {
  if (events.length === 0) {
    return "No key pair has been on this server yet.\n";
  }
  const header = { at: "When (UTC)", what: "What", fingerprint: "Key pair", outcome: "Result or reason" };
  const rows = [header, ...events.map((event) => ({ ...event, at: readableTime(event.at) }))];
  // A message of an unknown form may be longer than a column. Nothing follows it.
  const known = rows.filter(({ fingerprint }) => fingerprint !== null);
  const width = Math.max(0, ...known.map(({ what }) => what.length));
  return rows
    .map(({ at, what, fingerprint, outcome }) => {
      const action = coloured(what, what.padEnd(width), style);
      return (
        `${at.padEnd(19)}  ${action}  ${(fingerprint ?? "").padEnd(fingerprintLength)}  ${outcome}`.trimEnd() +
        "\n"
      );
    })
    .join("");
}

/** @param at ISO 8601, in UTC; the result is as well, to the second */
export function readableTime(at: string): string {
  return at.slice(0, 19).replace("T", " ");
}

function coloured(what: string, text: string, style: Style): string {
  switch (what) {
    case "activated":
      return style("green", text);
    case "rolled back to":
    case "refused":
      return style("red", text);
    default:
      return text;
  }
}
