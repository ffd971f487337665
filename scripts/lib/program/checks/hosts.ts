import { readHost } from "../../../../checklist/hosts/read-host.ts";
import type { ProgramFinding } from "./finding.ts";

/**
 * What to do if bot.hosts lacks a host that a program needs. Only a name that bot.hosts accepts gets into a command.
 *
 * @returns a finding whose message is the end of a sentence, or none
 */
export function missingHost(host: string, hosts: readonly string[]): Omit<ProgramFinding, "severity">[] {
  if (isListed(host, hosts)) {
    return [];
  }
  const read = readHost(host);
  return "problem" in read
    ? [
        {
          message: `bot.hosts can't list ${JSON.stringify(host)}, which ${read.problem}.`,
          remedy: read.explanation,
        },
      ]
    : [{ message: `bot.hosts doesn't list ${host}.`, settings: { hosts: [host] } }];
}

/** Whether bot.hosts lets the bot reach a host. */
function isListed(host: string, hosts: readonly string[]): boolean {
  return hosts.some((listed) =>
    listed.startsWith("*.") ? host.endsWith(listed.slice(1)) && !host.includes(":") : listed === host,
  );
}

/** The host of an address as bot.hosts has it: "db.example.net:5432". Undefined if it isn't an address with a host. */
export function hostOf(address: string): string | undefined {
  if (!URL.canParse(address)) {
    return undefined;
  }
  const { protocol, hostname: name, port } = new URL(address);
  // URL changes the case only for the protocols of browsers.
  const hostname = name.toLowerCase();
  const number = port === "" ? defaultPorts[protocol] : port;
  const local = ["localhost", "127.0.0.1", "0.0.0.0", "[::1]", ""].includes(hostname);
  return local || number === undefined ? undefined : number === "443" ? hostname : `${hostname}:${number}`;
}

/** URL leaves out the port that is the protocol's. */
const defaultPorts: Partial<Record<string, string>> = {
  "https:": "443",
  "wss:": "443",
  "http:": "80",
  "ws:": "80",
  "postgresql:": "5432",
  "postgresql+psycopg2:": "5432",
  "mysql:": "3306",
};
