import { hostNameProblem } from "../../checks/host-names.ts";
import type { SettingFinding } from "../../finding.ts";
import { botError, setPart } from "../finding.ts";

/** Checks the other hosts that the bot may reach. */
export function checkHosts(hosts: string[]): SettingFinding[] {
  return hosts.flatMap((host) => {
    const found = hostNameProblem(host);
    if (found === undefined) {
      return [];
    }
    const problem = `contains ${JSON.stringify(host)}, which ${found.problem}`;
    return [botError("hosts", problem, found.explanation, setPart("hosts", "HOST,HOST"))];
  });
}
