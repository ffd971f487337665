/** A known difference between the emulator's answers and Hetzner's API description of June 2026. */
export interface Deviation {
  /** The difference as openapi.ts describes it: path and rule. */
  problem: RegExp;
  reason: string;
}

/** All of them, with the reasons. deviations.test.ts checks that each is still needed. */
export const deviations: readonly Deviation[] = [
  {
    problem: /^\/servers?(\/\[\])?: required datacenter$/,
    reason: "servers have no datacenter since 2026-07-01",
  },
  {
    problem: /^\/primary_ips?(\/\[\])?: required datacenter$/,
    reason: "Primary IPs have no datacenter since 2026-07-01",
  },
  {
    problem: /^\/primary_ips?(\/\[\])?\/assignee_type: enum unassigned$/,
    reason: "an unassigned Primary IP has its own type since 2026-08-01",
  },
  {
    problem: /\/?server_types?(\/\[\])?: required deprecated$/,
    reason: "`deprecated` left server types on 2026-11-02",
  },
  {
    problem: /\/images?(\/\[\])?: required deprecated$/,
    reason: "`deprecated` left images on 2026-11-02",
  },
  {
    problem: /\/images?(\/\[\])?: additionalProperties deprecation$/,
    reason: "`deprecation` is in images in place of `deprecated`",
  },
];
