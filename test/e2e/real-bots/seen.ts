import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";

// What real bots were seen doing. The record is committed, and docs/bots.md has it as a table. The campaigns write it if
// they are run by: npm run test:record -- --campaigns e2e/real-bots

/** The columns of the table. */
export const columns = [
  ...["install", "start", "REST", "streams", "rotate", "restart", "roll-back"],
  ...["reboot", "guard", "demo", "watchdog", "page"],
] as const;
export type Column = (typeof columns)[number];

const cell = z.enum(["works", "not used", "not tried"]);
export type Cell = z.infer<typeof cell>;

const seenBot = z.object({
  /** The day on which the last of its cells was seen. */
  date: z.iso.date(),
  cells: z.record(z.string(), cell),
});
const record = z.record(z.string(), seenBot);
/** By the bot's name with its version. */
export type SeenBots = z.infer<typeof record>;

const file = join(import.meta.dirname, "seen.json");

/** The committed record. */
export function seenBots(): SeenBots {
  return record.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Adds what was seen now to what was seen before, if this run is to be recorded. */
export function recordSeen(title: string, cells: Readonly<Record<string, Cell>>): void {
  if (process.env.RECORD_BOTS !== "1") {
    return;
  }
  const all = seenBots();
  const date = new Date().toISOString().slice(0, 10);
  all[title] = { date, cells: { ...all[title]?.cells, ...cells } };
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
}

/** The committed record as a table, one bot a line. `link` says what the first cell of a line is. */
export function tableOf(bots: SeenBots, link: (title: string) => string): string {
  const rows = Object.entries(bots).map(([title, { cells, date }]) => [...rowOf(link(title), cells), date]);
  return markdown([["bot", ...columns, "last seen"], ...rows]);
}

/** What this run has seen of one bot, for the test's output. */
export function tableOfRun(title: string, cells: Readonly<Record<string, string>>): string {
  return markdown([["bot", ...columns], rowOf(title, cells)]);
}

function rowOf(first: string, cells: Readonly<Record<string, string>>): string[] {
  return [first, ...columns.map((column) => cells[column] ?? "not tried")];
}

function markdown([head = [], ...rows]: string[][]): string {
  return [head, head.map(() => "-"), ...rows].map((line) => `| ${line.join(" | ")} |`).join("\n");
}
