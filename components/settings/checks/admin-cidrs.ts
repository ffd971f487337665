import { rangeProblem } from "../../../checklist/ssh-range.ts";
import type { SettingFinding } from "../finding.ts";

/** The address that a command line is at, as a range. */
export const ownAddress = `"$(curl -4s ifconfig.me)/32"`;

/**
 * Checks who may connect over SSH. No default would be safe.
 *
 * @param allowAnywhere the opt-in to an SSH port that is open to the world
 */
export function checkAdminCidrs(cidrs: string[], allowAnywhere: boolean): SettingFinding[] {
  const setting = "adminCidrs";
  const command = `pulumi config set adminCidrs ${ownAddress}`;
  if (cidrs.length === 0) {
    const explanation =
      "It lists who may connect to the server over SSH, and has no safe default. For your current address:";
    return [{ severity: "error", setting, problem: "is missing", explanation, command }];
  }
  return cidrs.flatMap((cidr): SettingFinding[] => {
    const found = rangeProblem(cidr);
    if (found === undefined) {
      return [];
    }
    const { problem, explanation, openToTheWorld = false } = found;
    return [
      {
        severity: openToTheWorld && allowAnywhere ? "warning" : "error",
        setting,
        problem: `contains ${JSON.stringify(cidr)}, which ${problem}`,
        explanation,
        command,
      },
    ];
  });
}
