import type { Results } from "./scenario.ts";

/** A judge, and what it has done in this run. */
export interface Verdict {
  /** The two lines of its column's heading: the client, and how it was used. */
  heading: readonly [string, string];
  results: Results;
  /** How often each of Binance's calls was answered with success. */
  calls: ReadonlyMap<string, number>;
}

/** What each client has done, and the calls of Binance that it made for that. */
export function tables(verdicts: readonly Verdict[]): string {
  // A client with streams has all rows in their order.
  const rows = unique(
    verdicts
      .map(({ results }) => Object.keys(results))
      .toSorted((one, other) => other.length - one.length)
      .flat(),
  );
  const calls = unique(verdicts.flatMap((verdict) => [...verdict.calls.keys()])).sort();
  return [
    table(verdicts, "What each client has done", rows, ({ results }, row) => cell(results[row])),
    "-        the client has no such thing\nrefused  by this filter, and the client's error leaves Binance's code out\n",
    table(verdicts, "How often Binance answered each call", calls, (verdict, call) =>
      cell(verdict.calls.get(call)),
    ),
  ].join("\n");
}

function table(
  verdicts: readonly Verdict[],
  title: string,
  rows: readonly string[],
  cellOf: (verdict: Verdict, row: string) => string,
): string {
  const width = Math.max(title.length, ...rows.map(({ length }) => length));
  const line = (first: string, cells: readonly string[]) =>
    [first.padEnd(width), ...cells.map((text, index) => text.padEnd(widthOf(verdicts[index])))]
      .join("  ")
      .trimEnd();
  return `${[
    line(
      title,
      verdicts.map(({ heading }) => heading[0]),
    ),
    line(
      "",
      verdicts.map(({ heading }) => heading[1]),
    ),
    ...rows.map((row) =>
      line(
        row,
        verdicts.map((verdict) => cellOf(verdict, row)),
      ),
    ),
  ].join("\n")}\n`;
}

function widthOf(verdict: Verdict | undefined): number {
  return Math.max(...(verdict?.heading ?? [""]).map(({ length }) => length));
}

/** A dash if the client has no such thing. */
function cell(result: Results[string] | undefined): string {
  switch (result) {
    case undefined:
      return "-";
    case true:
      return "yes";
    case false:
      return "NO";
    default:
      return typeof result === "number" ? String(result) : (/-\d{4}/.exec(result)?.[0] ?? "refused");
  }
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
