import { Transform } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import * as z from "zod";
import { parseJson } from "../../../binance/json.ts";
import { printable } from "../../../binance/text.ts";
import { toRows } from "./rows.ts";
import type { Style } from "./style.ts";

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
type Entry = z.output<typeof entry>;

/** The fields that `LogText` needs, besides those that journalctl always prints. */
export const logFields = ["_SYSTEMD_UNIT", "_PID", "MESSAGE"];

/** Turns what `journalctl --output=json` prints into lines for people. */
export class LogText extends Transform {
  readonly #decoder = new StringDecoder("utf8");
  readonly #style: Style;
  readonly #columns: () => number | undefined;
  #rest = "";
  #boot: string | undefined;

  /** @param columns the width of a terminal without colours; undefined with colours, or if there is no terminal */
  constructor(style: Style, columns: () => number | undefined = () => undefined) {
    super();
    this.#style = style;
    this.#columns = columns;
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
    const { data } = entry.safeParse(parseJson(line));
    if (data === undefined) {
      // Not an entry, and so not a sender's words.
      return `journalctl: ${printable(line)}\n`;
    }
    const rebooted = this.#boot !== undefined && data._BOOT_ID !== this.#boot;
    this.#boot = data._BOOT_ID;
    return (
      (rebooted ? "-- The server was rebooted. --\n" : "") + renderEntry(data, this.#style, this.#columns())
    );
  }
}

/**
 * A message can fill a row of the terminal, so that what follows looks like another entry. But it can't have the colour of
 * the origin; and without colours, the rows that continue it are indented.
 */
function renderEntry(
  { __REALTIME_TIMESTAMP: micros, MESSAGE, ...origin }: Entry,
  style: Style,
  columns: number | undefined,
): string {
  const at = new Date(Number(micros) / 1000).toISOString().slice(0, 19);
  // A further line of a message must not look like another entry.
  const lines = printable(decode(MESSAGE)).trimEnd().replaceAll("\n", "\n    ");
  const shown = `${style("cyan", `${at}+0000 ${originOf(origin)}:`)} ${lines}`;
  return `${columns === undefined ? shown : toRows(shown, columns)}\n`;
}

/** systemd's own messages about a unit come from process 1. */
function originOf({ _SYSTEMD_UNIT: unit = "unknown", _PID: pid = "?" }: Partial<Entry>): string {
  return printable(pid === "1" ? "systemd[1]" : `${unit.replace(/\.service$/, "")}[${pid}]`);
}

function decode(message: Entry["MESSAGE"]): string {
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
