import { Transform } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";

/** A text, or the bytes of one that isn't plain UTF-8. A sender can also give several, or one that is too long. */
const text = z.union([z.string(), z.array(z.number().int().min(0).max(255))]);
const message = z.union([text, z.array(text), z.null()]).optional();

/**
 * A line of `journalctl --output=json`. The journal itself writes the fields that begin with "_", so that a sender can't
 * choose them. SYSLOG_IDENTIFIER isn't among the fields here, because the sender chooses it.
 */
const entry = z.object({
  __REALTIME_TIMESTAMP: z.string().regex(/^\d{1,16}$/),
  _BOOT_ID: z.string().optional(),
  _SYSTEMD_UNIT: z.string().optional(),
  _PID: z.string().optional(),
  MESSAGE: message,
});
export type LogEntry = z.output<typeof entry>;

/** The fields that an entry needs, besides those that journalctl always prints. */
export const logFields = ["_SYSTEMD_UNIT", "_PID", "MESSAGE"];

/** How entries become lines of output. */
export interface LogRenderer {
  /** @returns whole lines, each with its line feed, without anything that a terminal obeys */
  entry: (entry: LogEntry) => string;
  /** A line of journalctl's own, not yet safe for a terminal. */
  other: (line: string) => string;
}

/** Turns what `journalctl --output=json` prints into what `renderer` makes of it. */
export class LogOutput extends Transform {
  /** How many lines there were. */
  lines = 0;
  readonly #decoder = new StringDecoder("utf8");
  readonly #renderer: LogRenderer;
  #rest = "";

  constructor(renderer: LogRenderer) {
    super();
    this.#renderer = renderer;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split("\n");
    this.#rest = lines.pop() ?? "";
    this.push(lines.map((line) => this.#render(line)).join(""));
    done();
  }

  override _flush(done: () => void): void {
    this.push(this.#rest === "" ? "" : this.#render(this.#rest));
    done();
  }

  #render(line: string): string {
    this.lines++;
    const { data } = entry.safeParse(parseJson(line));
    return data === undefined ? this.#renderer.other(line) : this.#renderer.entry(data);
  }
}

/** In UTC, to the millisecond. */
export function timeOf({ __REALTIME_TIMESTAMP: micros }: LogEntry): Date {
  return new Date(Number(micros) / 1000);
}

/** The unit that a line comes from. systemd's own messages about a unit come from process 1. */
export function unitOf({ _SYSTEMD_UNIT: unit = "unknown", _PID: pid }: LogEntry): string {
  return pid === "1" ? "systemd" : unit.replace(/\.service$/, "");
}

/** What the sender has written. It can contain anything. */
export function messageOf({ MESSAGE }: LogEntry): string {
  return decode(MESSAGE);
}

function decode(message: LogEntry["MESSAGE"]): string {
  if (message === undefined || message === null) {
    return "(a message that can't be shown)";
  }
  if (typeof message === "string") {
    return message;
  }
  const parts = message.filter((part) => typeof part !== "number");
  // One list of bytes, or several texts.
  return parts.length === 0
    ? Buffer.from(message.filter((part) => typeof part === "number")).toString("utf8")
    : parts.map(decode).join("\n");
}
