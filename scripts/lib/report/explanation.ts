import type { Finding } from "../../../checklist/finding.ts";

/** The likely causes of a finding, and what to do about it: one line for each. */
export function explanation({ causes = [], remedy }: Finding): string[] {
  return [
    ...causes.map((cause, index) => `${index === 0 ? "Perhaps" : "Or"}: ${cause}`),
    ...(remedy === undefined ? [] : [`→ ${remedy}`]),
  ];
}
