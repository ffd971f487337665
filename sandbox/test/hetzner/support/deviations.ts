/** A place where the emulator knowingly answers otherwise than Hetzner's document of June 2026 says. */
export interface Deviation {
  /** A problem as openapi.ts words it: place and rule. */
  problem: RegExp;
  reason: string;
}

/** Every one, with its reason. deviations.test.ts sees to it that none is here without need. */
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
    reason: "an unassigned Primary IP has a type of its own since 2026-08-01",
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
