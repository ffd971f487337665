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
  const lines = findings
    .filter((finding) => finding.verdict !== "pass")
    .flatMap((finding) => [
      `- ${finding.title}: ${finding.verdict}. ${finding.detail}`,
      ...explanation(finding).map((line) => `  ${line}`),
    ]);
  return `${[`${problem} ${consequence}`, ...lines].join("\n")}\n`;
}
