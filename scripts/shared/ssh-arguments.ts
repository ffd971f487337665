import type { StackOutputs } from "./stack-outputs.ts";

/** Where the server is, and by which key it is known. */
export type ServerIdentity = Pick<StackOutputs, "ipToWhitelist" | "hostKey">;

/**
 * The arguments of an ssh that trusts this one host key, and offers this one key.
 *
 * @param more further arguments in front of the destination
 */
export function sshArguments(
  { ipToWhitelist, hostKey }: ServerIdentity,
  keyFile: string,
  command: string[],
  more: string[] = [],
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
  return ["-F", "none", ...flags, ...more, `admin@${ipToWhitelist}`, ...command];
}

/**
 * The arguments of an ssh that carries one connection to `target` ("host:port") on its standard input and
 * output, made by the server. It asks nothing, and gives up on a dead server in about 10 seconds.
 */
export function tunnelArguments(server: ServerIdentity, keyFile: string, target: string): string[] {
  const options = ["BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=2"];
  const more = ["-T", ...options.flatMap((option) => ["-o", option]), "-W", target];
  return sshArguments(server, keyFile, [], more);
}
