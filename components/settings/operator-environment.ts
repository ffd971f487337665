import { statSync } from "node:fs";
import type { SettingFinding } from "./finding.ts";

/**
 * Finds an SSH agent that is gone, as after a login that has ended. The command provider asks the agent even
 * though it has a key, and would fail when the server is already ordered.
 *
 * @param socket what SSH_AUTH_SOCK holds
 */
export function examineSshAgent(socket: string | undefined): SettingFinding[] {
  if (socket === undefined || socket === "" || isSocket(socket)) {
    return [];
  }
  return [
    {
      severity: "error",
      setting: "SSH_AUTH_SOCK",
      problem: "is set in your environment, but there is no SSH agent behind it",
      explanation: "The connection to the server would fail. The program needs no agent, so it can go:",
      command: "unset SSH_AUTH_SOCK",
    },
  ];
}

function isSocket(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isSocket() ?? false;
}
