import type { Server } from "./server.ts";

/** For an ssh without a terminal: it has no prompts, and gives up on a dead server after about 10 seconds. */
export const quietOptions = [
  "-T",
  ...["BatchMode=yes", "ConnectTimeout=10", "ServerAliveInterval=5", "ServerAliveCountMax=2"].flatMap(
    (option) => ["-o", option],
  ),
];

/**
 * The arguments of an ssh that accepts only the server's host key, and offers only the keys of this agent.
 *
 * @param agent the path of the agent's socket
 * @param more options in front of the destination
 */
export function sshArguments(
  { host, user, hostKey }: Omit<Server, "deployKey">,
  agent: string,
  command: string[],
  more: string[] = [],
): string[] {
  const options = {
    // None of the keys in ~/.ssh.
    IdentityFile: "none",
    IdentityAgent: quotePath(agent),
    KnownHostsCommand: knownHosts(host, hostKey),
    UserKnownHostsFile: "/dev/null",
    GlobalKnownHostsFile: "/dev/null",
    StrictHostKeyChecking: "yes",
  };
  const flags = Object.entries(options).flatMap(([name, value]) => ["-o", `${name}=${value}`]);
  return ["-F", "none", ...flags, ...more, `${user}@${host}`, ...command];
}

/** ssh would split a path at spaces, and read a single % as the start of a token. */
function quotePath(path: string): string {
  return /[\s"'\\]/.test(path)
    ? `"${path.replaceAll(/["\\]/g, "\\$&").replaceAll("%", "%%")}"`
    : path.replaceAll("%", "%%");
}

/**
 * A command that prints one line for each host key. ssh splits it at spaces, runs it without a shell, and wants a full
 * path: that of `env` is the same everywhere, also on systems without /bin/echo, such as NixOS.
 */
function knownHosts(host: string, hostKey: string | readonly string[]): string {
  if (typeof hostKey === "string") {
    return `/usr/bin/env echo ${host} ${hostKey}`;
  }
  const lines = hostKey.map((key) => `${host} ${key}`);
  // ssh would read a single % as the start of a token.
  return `/usr/bin/env printf "%%s\\n" ${lines.map((line) => `"${line}"`).join(" ")}`;
}

/**
 * The arguments of an ssh that carries one connection from the server to `target` ("host:port") on its standard input
 * and output.
 */
export function tunnelArguments(server: Omit<Server, "deployKey">, agent: string, target: string): string[] {
  return sshArguments(server, agent, [], [...quietOptions, "-W", target]);
}
