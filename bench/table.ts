/** One measure and what it is held against. */
export interface Row {
  what: string;
  value: string;
  against: string;
  /** "1.21 times, at most 1.5": what the two make together, and its bound. */
  verdict: string;
  /** Undefined where there is no bound. */
  ok?: boolean | undefined;
}

/** Rows under their heading, in columns. */
export function table(heading: string, rows: Row[]): string {
  const cells = rows.map(({ what, value, against, verdict, ok }) => [
    what,
    value,
    against,
    verdict,
    ok === undefined ? "" : ok ? "ok" : "TOO MUCH",
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  return `\n${heading}\n${lines.join("\n")}\n`;
}
