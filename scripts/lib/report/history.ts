import * as z from "zod";
import { oneLine } from "../../../binance/errors.ts";
import { parseJson } from "../../../binance/json.ts";

/** Something that was done with the key pair on the server. */
export interface HistoryEvent {
  /** ISO 8601, in UTC. */
  at: string;
  /** "delivered", "activated", "rolled back to", …; or the whole line, where it is of no known form. */
  what: string;
  /** Of the pair that it was done with, or null where none is named. */
  fingerprint: string | null;
  /** What came of it, or why it was done; empty where nothing is said. */
  outcome: string;
}

/** A line of `journalctl --output=json`. A message that is no UTF-8 comes as a list of bytes. */
const entry = z.object({
  /** Microseconds since 1970, in digits. */
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{1,16}$/),
  MESSAGE: z.union([z.string(), z.array(z.number().int().min(0).max(255))]),
});

/** What server/rootfs/usr/local/sbin/binance-credential writes: what, the pair's fingerprint, and what came of it. */
const form = /^([a-z][a-z ]*?) ([0-9a-f]{12}|none)(?:[:,]? (.+))?$/;

/**
 * Parses what journalctl prints, oldest first. A line that can't be understood is left out; a message of an
 * unknown form is kept as it is.
 */
export function parseHistory(journal: string): HistoryEvent[] {
  return journal.split("\n").flatMap((line) => {
    const { data } = entry.safeParse(parseJson(line));
    return data === undefined ? [] : [parseMessage(asText(data.MESSAGE), Number(data.__REALTIME_TIMESTAMP))];
  });
}

function asText(message: string | number[]): string {
  return oneLine(typeof message === "string" ? message : Buffer.from(message).toString("utf8"));
}

/** @param at in µs */
function parseMessage(message: string, at: number): HistoryEvent {
  const [, what = message, fingerprint = null, outcome = ""] = form.exec(message) ?? [];
  return { at: new Date(at / 1000).toISOString(), what, fingerprint, outcome };
}
