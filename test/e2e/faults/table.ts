import * as z from "zod";
import { flowNames } from "./names.ts";
import { pointKinds } from "./points.ts";

/** A run that was ended, and what became of it. */
export const faultResult = z.object({
  flow: z.enum(flowNames),
  /** Among the points of its flow. */
  nth: z.int(),
  ending: z.enum(["SIGKILL", "SIGINT"]),
  kind: z.enum(pointKinds),
  number: z.int(),
  /** The last thing that it had done. */
  done: z.string(),
  /** What was run afterwards, until the command succeeded. */
  ran: z.array(z.string()),
  isWhole: z.boolean(),
});
export type FaultResult = z.output<typeof faultResult>;

const heads = ["flow", "ended by", "at", "what it had just done", "what was run next", "whole"];

/** As Markdown, with how many ended well. */
export function tableOf(results: readonly FaultResult[]): string {
  const rows = results.map(({ flow, ending, kind, number, done, ran, isWhole }) => [
    flow,
    ending,
    `${kind.slice(0, -1)} ${number}`,
    `\`${shortened(done)}\``,
    ran.join(", "),
    isWhole ? "yes" : "NO",
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const whole = results.filter(({ isWhole }) => isWhole).length;
  return [
    `${whole} of ${results.length} ended well: ${countsOf(results)}.`,
    "",
    line(heads),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map(line),
  ].join("\n");
}

/** "first-up 5, rotation 6". */
function countsOf(results: readonly FaultResult[]): string {
  return flowNames
    .map((name) => `${name} ${results.filter(({ flow, isWhole }) => flow === name && isWhole).length}`)
    .join(", ");
}

/** Fits a table, and names no id of one run. */
function shortened(text: string): string {
  const plain = text
    .replaceAll("`", "'")
    .replaceAll("|", "/")
    .replaceAll(/\b\d{4,}\b/g, "ID")
    .replaceAll(/\s+/g, " ");
  return plain.length > 70 ? `${plain.slice(0, 69)}…` : plain;
}
