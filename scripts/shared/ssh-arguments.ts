import type { StackOutputs } from "./stack-outputs.ts";

/** The arguments of an ssh that trusts this one host key, and offers this one key. */
export function sshArguments(
  { ipToWhitelist, hostKey }: StackOutputs,
  keyFile: string,
  command: string[],
): string[] {
  const options = {
    IdentityFile: keyFile,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    KnownHostsCommand: `/bin/echo ${ipToWhitelist} ${hostKey}`,
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", ...flags, `admin@${ipToWhitelist}`, ...command];
}
