import { oneLine } from "../../binance/errors.ts";
import type { Finding, Verdict } from "../../checklist/finding.ts";

/** How the journal is told of a line's priority (sd-daemon(3)). */
const priority: Record<Verdict, string> = { fail: "<3>", unknown: "<4>", pass: "<6>" };

/** A finding as one line of the journal. */
export function journalLine({ title, verdict, detail, causes, remedy }: Finding): string {
  const [cause] = causes ?? [];
  return line(verdict, [
    `${title}: ${verdict === "unknown" ? "not known" : verdict}.`,
    sentence(detail),
    cause === undefined ? "" : `Perhaps: ${cause}`,
    verdict === "pass" ? "" : (remedy ?? ""),
  ]);
}

/** A line of another kind, as weighty as a finding of that verdict. */
export function line(weight: Verdict, texts: string[]): string {
  return `${priority[weight]}${texts.filter(Boolean).map(blotted).join(" ")}\n`;
}

/** Whatever comes from outside is cut before, and cut again here: a line stays a line. */
function blotted(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
}

export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${oneLine(text)}.`;
}
