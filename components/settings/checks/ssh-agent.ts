import { agentProblem, agentRemedy } from "../../../checklist/ssh-agent.ts";
import type { SettingFinding } from "../finding.ts";

/**
 * Finds an SSH agent that doesn't answer. The command provider connects to the agent although it has a key, and would fail,
 * or wait, after the server is ordered.
 *
 * @param socket the value of SSH_AUTH_SOCK
 * @param limit for its answer, in ms
 */
export async function checkSshAgent(socket: string | undefined, limit?: number): Promise<SettingFinding[]> {
  const problem = await agentProblem(socket, limit);
  return problem === undefined
    ? []
    : [
        {
          severity: "error",
          setting: "SSH_AUTH_SOCK",
          problem: `is set in your environment, but ${problem}`,
          explanation: agentRemedy,
          command: "unset SSH_AUTH_SOCK",
        },
      ];
}
