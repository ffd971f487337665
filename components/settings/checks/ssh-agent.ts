import { statSync } from "node:fs";
import type { SettingFinding } from "../finding.ts";

/**
 * Finds an SSH agent that no longer runs, such as after a logout. The command provider connects to the agent although
 * it has a key, and would fail after the server is ordered.
 *
 * @param socket the value of SSH_AUTH_SOCK
 */
export function checkSshAgent(socket: string | undefined): SettingFinding[] {
  if (socket === undefined || socket === "" || isSocket(socket)) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: "SSH_AUTH_SOCK",
      problem: "is set in your environment, but no SSH agent listens there",
      explanation:
        "The connection to the server would fail. This program needs no agent, so remove the variable:",
      command: "unset SSH_AUTH_SOCK",
    },
  ];
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}
