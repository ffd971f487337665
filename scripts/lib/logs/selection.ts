import { quoteForShell } from "../../../checklist/shell.ts";
import { UsageError } from "../command/user-error.ts";
import { logFields } from "./entries.ts";

/** The bot, what runs before each of its starts, and what reports to its owner. */
const units = [
  "trading-bot",
  "trading-bot-guard",
  "trading-bot-pause",
  "trading-bot-report",
  "trading-bot-watch",
  "trading-bot-heartbeat",
  "trading-bot-alert",
  "trading-bot-ended",
  "trading-bot-refused",
  "trading-bot-outdated",
  "trading-bot-updated",
  "trading-bot-overdue",
];

/** What bots write about errors: the levels of their logs, and what Python, Node and Rust print before they end. */
const errorPattern = String.raw`(?i)\b(error|critical|fatal|panic(ked)?|exception|traceback|unhandled)\b|(error|exception):`;

/** What a person wants to see of the log. */
export interface LogSelection {
  /** How many earlier lines, if it was given. */
  lines: string | undefined;
  /** From when on. */
  since: string | undefined;
  /** A regular expression. */
  grep: string | undefined;
  errors: boolean;
  follow: boolean;
}

/**
 * The command that prints the selected entries on the server.
 *
 * @throws UsageError
 */
export function journalCommand({ lines, since, grep, errors, follow }: LogSelection): string {
  const patterns = [...(errors ? [errorPattern] : []), ...(grep === undefined ? [] : [withoutCase(grep)])];
  const isSearched = patterns.length > 0;
  if (lines !== undefined && !/^\d{1,6}$/.test(lines)) {
    throw new UsageError(`--lines must be a number of up to 6 digits, not "${lines}".`);
  }
  if (grep === "") {
    throw new UsageError("--grep needs a text.");
  }
  if (lines !== undefined && isSearched && follow) {
    throw new UsageError("To see the last N lines that match, add --no-follow to --lines.");
  }
  const command = [
    "sudo journalctl",
    // The bot's lines are in their own journal.
    "'--namespace=*'",
    ...units.map((unit) => `--unit=${unit}`),
    ...range({ lines, since, isSearched }),
    ...(isSearched ? [`--grep=${quoteForShell(all(patterns))}`, "--case-sensitive=yes"] : []),
    // Otherwise long messages are left out.
    "--all",
    "--output=json",
    `--output-fields=${logFields.join(",")}`,
    follow ? "--follow" : "--no-pager",
  ].join(" ");
  if (!isSearched) {
    return command;
  }
  // Exit code 1: no line matches. With --lines, journalctl would begin with the newest one.
  const limited = lines === undefined ? command : `${command} | tail --lines=${lines}`;
  return `{ ${limited}; } || [ $? -eq 1 ]`;
}

function range({
  lines,
  since,
  isSearched,
}: Pick<LogSelection, "lines" | "since"> & { isSearched: boolean }): string[] {
  // All lines since then. A search goes through more than the last lines.
  const from = since ?? (isSearched ? "1d" : undefined);
  const limit = isSearched ? undefined : (lines ?? (since === undefined ? "50" : undefined));
  return [
    ...(from === undefined ? [] : [`--since=${quoteForShell(startOf(from))}`]),
    ...(limit === undefined ? [] : [`--lines=${limit}`]),
    // Otherwise --follow begins with ten lines.
    ...(from !== undefined && limit === undefined ? ["--no-tail"] : []),
  ];
}

/** One pattern that matches what all of these match, in any order. */
function all(patterns: string[]): string {
  const [first = "", ...more] = patterns;
  return more.length === 0 ? first : patterns.map((pattern) => `(?=[\\s\\S]*(?:${pattern}))`).join("");
}

/** As journalctl does it, but for each pattern by itself. */
function withoutCase(pattern: string): string {
  return pattern === pattern.toLowerCase() ? `(?i)${pattern}` : pattern;
}

/** As systemd.time(7) writes it. @throws UsageError */
function startOf(since: string): string {
  const span = /^(\d{1,5})(m|h|d|w)$/.exec(since);
  if (span !== null) {
    const [, count = "", unit = ""] = span;
    return `-${count}${unit === "m" ? "min" : unit}`;
  }
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?))?Z?$/.exec(since);
  const [, day = "", time = "00:00"] = date ?? [];
  if (date === null || Number.isNaN(Date.parse(`${day}T${time}Z`))) {
    throw new UsageError(
      `--since must be a time in UTC, such as 2026-11-28 or "2026-11-28 14:30", or how long ago, such as 30m, 2h or 3d, not "${since}".`,
    );
  }
  return `${day} ${time} UTC`;
}
