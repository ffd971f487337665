import { escapeForTerminal } from "../../../binance/text.ts";
import { type LogEntry, type LogRenderer, messageOf, timeOf, unitOf } from "./entries.ts";

/** One JSON object a line, for scripts: {time, unit, pid, message}. Only the message is chosen by its sender. */
export const asJson: LogRenderer = {
  entry: (entry: LogEntry) =>
    toLine({
      time: timeOf(entry).toISOString(),
      unit: unitOf(entry),
      pid: Number(entry._PID ?? 0),
      message: messageOf(entry),
    }),
  other: (line) => toLine({ unit: "journalctl", message: line }),
};

function toLine(value: object): string {
  return `${escapeForTerminal(JSON.stringify(value))}\n`;
}
