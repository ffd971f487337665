import { agentProblem, agentRemedy } from "../../../checklist/ssh-agent.ts";
import { UserError } from "../command/user-error.ts";
import { capture } from "../process/run.ts";

/** As README.md and index.ts say. Older ones of Pulumi write every command to a log on disk, with its secrets. */
const oldest = { pulumi: "3.254.0", ssh: "8.5" };

/** @throws UserError with the first thing that this computer needs, before anything is asked or made */
export async function requireComputer(): Promise<void> {
  const pulumi = await capture("pulumi", ["version"]);
  requireVersion(pulumi.stdout, oldest.pulumi, "The Pulumi CLI", "https://www.pulumi.com/docs/install/");
  const ssh = await capture("ssh", ["-V"]);
  requireVersion(ssh.stdout + ssh.stderr, oldest.ssh, "OpenSSH", "your system's packages");
  const problem = await agentProblem(process.env.SSH_AUTH_SOCK);
  if (problem !== undefined) {
    throw new UserError(
      `SSH_AUTH_SOCK is set in your environment, but ${problem}. ${agentRemedy}\n  unset SSH_AUTH_SOCK`,
    );
  }
}

/** @throws UserError if a program is too old. One that prints no version that we can read may be new. */
export function requireVersion(printed: string, least: string, program: string, source: string): void {
  const version = /\d+(?:\.\d+)+/.exec(printed)?.[0];
  if (version !== undefined && isOlder(version, least)) {
    throw new UserError(`${program} is too old: ${version}. Install ${least} or newer, from ${source}.`);
  }
}

function isOlder(version: string, least: string): boolean {
  const parts = version.split(".").map(Number);
  const others = least.split(".").map(Number);
  const index = others.findIndex((other, place) => (parts[place] ?? 0) !== other);
  return index >= 0 && (parts[index] ?? 0) < (others[index] ?? 0);
}
