import { type Finding, overall } from "../../../checklist/finding.ts";
import type { Candidate } from "../verification/candidate.ts";

/** What `pulumi up` says about a new pair: a line if it passes, or else what is wrong and what to do. */
export function candidateReport(
  findings: Finding[],
  ipAddress: string,
  verification: Candidate["verification"],
): string {
  const verdict = overall(findings.map((finding) => finding.verdict));
  if (verdict === "pass") {
    return `The new key pair works from ${ipAddress}, and may do no more than it needs.\n`;
  }
  const head =
    verdict === "fail"
      ? "The new key pair must not be used as it is."
      : "Whether the new key pair is safe to use could not be found out.";
  const consequence =
    verification === "warn"
      ? "It is activated all the same, because the setting verification is warn."
      : "It is not activated; what was on the server stays.";
  const lines = findings
    .filter((finding) => finding.verdict !== "pass")
    .flatMap(({ title, verdict: one, detail, causes, remedy }) => [
      `- ${title}: ${one}. ${detail}`,
      ...(causes ?? []).map((cause, index) => `  ${index === 0 ? "Perhaps" : "Or"}: ${cause}`),
      ...(remedy === undefined ? [] : [`  → ${remedy}`]),
    ]);
  return `${[`${head} ${consequence}`, ...lines].join("\n")}\n`;
}
