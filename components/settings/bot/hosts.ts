import type { SettingFinding } from "../finding.ts";
import { examineHostName } from "../host-names.ts";
import { botError } from "./finding.ts";

/** Checks the further hosts that the bot may reach. */
export function examineHosts(hosts: string[]): SettingFinding[] {
  return hosts.flatMap((host) => {
    const finding = examineHostName(host);
    if (finding === undefined) {
      return [];
    }
    const problem = `holds ${JSON.stringify(host)}, which ${finding.problem}`;
    return [botError("hosts", problem, finding.explanation, "HOST,HOST")];
  });
}
