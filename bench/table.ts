/** One measurement, and what it is compared with. */
export interface Row {
  what: string;
  value: string;
  against: string;
  /** The comparison and its limit: "1.21 times, at most 1.5". */
  comparison: string;
  /** Undefined if there is no limit. */
  ok?: boolean | undefined;
}

/** Rows below their heading, in columns. */
export function table(heading: string, rows: Row[]): string {
  const cells = rows.map(({ what, value, against, comparison, ok }) => [
    what,
    value,
    against,
    comparison,
    ok === undefined ? "" : ok ? "ok" : "TOO MUCH",
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const lines = cells.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
  );
  return `\n${heading}\n${lines.join("\n")}\n`;
}
