import { printable } from "../../../binance/text.ts";
import { toRows } from "../report/rows.ts";
import type { Style } from "../report/style.ts";
import { type LogEntry, type LogRenderer, messageOf, timeOf, unitOf } from "./entries.ts";

/**
 * Lines for people.
 *
 * @param columns the width of a terminal without colours; undefined with colours, or if there is no terminal
 */
export function asText(style: Style, columns: () => number | undefined = () => undefined): LogRenderer {
  let boot: string | undefined;
  return {
    entry: (entry) => {
      const rebooted = boot !== undefined && entry._BOOT_ID !== boot;
      boot = entry._BOOT_ID;
      return (rebooted ? "-- The server was rebooted. --\n" : "") + lineOf(entry, style, columns());
    },
    // Not a sender's words.
    other: (line) => `journalctl: ${printable(line)}\n`,
  };
}

/**
 * A message can fill a row of the terminal, so that what follows looks like another entry. But it can't have the colour of
 * the origin; and without colours, the rows that continue it are indented.
 */
function lineOf(entry: LogEntry, style: Style, columns: number | undefined): string {
  const at = timeOf(entry).toISOString().slice(0, 19);
  const origin = printable(`${unitOf(entry)}[${entry._PID ?? "?"}]`);
  // A further line of a message must not look like another entry.
  const lines = printable(messageOf(entry)).trimEnd().replaceAll("\n", "\n    ");
  const shown = `${style("cyan", `${at}+0000 ${origin}:`)} ${lines}`;
  return `${columns === undefined ? shown : toRows(shown, columns)}\n`;
}
