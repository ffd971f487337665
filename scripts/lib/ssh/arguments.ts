import type { Server } from "./server.ts";

/** For an ssh without a terminal: it has no prompts, and gives up on a dead server after about 10 seconds. */
export const quietOptions = [
  "-T",
  ...["BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=2"].flatMap(
    (option) => ["-o", option],
  ),
];

/**
 * The arguments of an ssh that accepts only the server's host key, and offers only this key.
 *
 * @param more options in front of the destination
 */
export function sshArguments(
  { host, user, hostKey }: Omit<Server, "deployKey">,
  keyFile: string,
  command: string[],
  more: string[] = [],
): string[] {
  const options = {
    IdentityFile: keyFile,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    KnownHostsCommand: knownHosts(host, hostKey),
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", ...flags, ...more, `${user}@${host}`, ...command];
}

/** A command that prints one line for each host key. ssh splits it at spaces and runs it without a shell. */
function knownHosts(host: string, hostKey: string | readonly string[]): string {
  if (typeof hostKey === "string") {
    return `/bin/echo ${host} ${hostKey}`;
  }
  const lines = hostKey.map((key) => `${host} ${key}`);
  // ssh would read a single % as the start of a token.
  return `/usr/bin/printf "%%s\\n" ${lines.map((line) => `"${line}"`).join(" ")}`;
}

/**
 * The arguments of an ssh that carries one connection from the server to `target` ("host:port") on its standard input
 * and output.
 */
export function tunnelArguments(
  server: Omit<Server, "deployKey">,
  keyFile: string,
  target: string,
): string[] {
  return sshArguments(server, keyFile, [], [...quietOptions, "-W", target]);
}
