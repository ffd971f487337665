import { oneLine, sentence } from "../../binance/text.ts";
import type { Finding, Verdict } from "../../checklist/finding.ts";

/** Prefixes by which the journal knows a line's priority (sd-daemon(3)). */
const priorities: Record<Verdict, string> = { fail: "<3>", unknown: "<4>", pass: "<6>" };

/** A finding as one line of the journal. */
export function findingLine({ title, verdict, detail, causes, remedy }: Finding): string {
  const [cause] = causes ?? [];
  return journalLine(verdict, [
    `${title}: ${verdict}.`,
    sentence(detail),
    cause === undefined ? "" : `Possible cause: ${cause}`,
    verdict === "pass" ? "" : (remedy ?? ""),
  ]);
}

/** Any line, with the priority of a finding of that verdict. A text from outside can't start a second line. */
export function journalLine(verdict: Verdict, texts: string[]): string {
  const line = texts
    .filter(Boolean)
    .map((text) => oneLine(text, Infinity))
    .join(" ");
  return `${priorities[verdict]}${line}\n`;
}
