import { connect } from "node:net";
import type { SettingFinding } from "../finding.ts";

/**
 * Finds an SSH agent that no longer runs, such as after a logout. The command provider connects to the agent although
 * it has a key, and would fail after the server is ordered.
 *
 * @param socket the value of SSH_AUTH_SOCK
 */
export async function checkSshAgent(socket: string | undefined): Promise<SettingFinding[]> {
  if (socket === undefined || socket === "" || (await hasListener(socket))) {
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

/** A socket stays in its folder if its agent was killed: only a connection shows whether somebody listens. */
function hasListener(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (listens: boolean) => () => {
      socket.destroy();
      resolve(listens);
    };
    socket.once("connect", settle(true)).once("error", settle(false));
  });
}
