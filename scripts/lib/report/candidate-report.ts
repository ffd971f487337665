import { type Finding, overall } from "../../../checklist/finding.ts";
import { explanation } from "./explanation.ts";

/**
 * What `pulumi up` shows about a new key pair: one line if it passes; otherwise what is wrong and what to do.
 *
 * @param activated whether the pair is activated although it doesn't pass, because the setting verification is warn
 */
export function candidateReport(findings: Finding[], ipAddress: string, activated: boolean): string {
  const verdict = overall(findings.map((finding) => finding.verdict));
  if (verdict === "pass") {
    return `The new key pair works from ${ipAddress}, and has only the permissions that it needs.\n`;
  }
  const problem =
    verdict === "fail"
      ? "The new key pair must not be used as it is."
      : "Could not verify that the new key pair is safe.";
  const consequence = activated
    ? "It was activated anyway, because the setting verification is warn."
    : "It was not activated; the current pair stays live.";
  return report(`${problem} ${consequence}`, findings);
}

/** What `pulumi up` shows about a new key pair for paper mode. */
export function demoKeyReport(findings: Finding[]): string {
  const verdict = overall(findings.map((finding) => finding.verdict));
  if (verdict === "pass") {
    return "The key pair for paper mode is one of Binance's demo account.\n";
  }
  const problem =
    verdict === "fail"
      ? "The key pair for paper mode isn't one of Binance's demo account."
      : "Could not verify that the key pair for paper mode is one of Binance's demo account.";
  return report(`${problem} The bot doesn't get it, and nothing of the bot was changed.`, findings);
}

function report(summary: string, findings: Finding[]): string {
  const lines = findings
    .filter((finding) => finding.verdict !== "pass")
    .flatMap((finding) => [
      `- ${finding.title}: ${finding.verdict}. ${finding.detail}`,
      ...explanation(finding).map((line) => `  ${line}`),
    ]);
  return `${[summary, ...lines].join("\n")}\n`;
}
