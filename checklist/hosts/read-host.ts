import { getPublicSuffix, parse } from "tldts";
import type { AllowedHost } from "./allowed-host.ts";
import { hostNameProblem } from "./host-names.ts";

/** Why an entry of bot.hosts can't be used: the end of a sentence, and what to write. */
export interface HostProblem {
  problem: string;
  explanation: string;
}

/** `api.example.net`, `db.example.net:5432` or `*.example.net`, in any case. */
const form = /^(?<wildcard>\*\.)?(?<name>[^:*]*)(?::(?<port>\d{1,5}))?$/;

/** Domains of this kind that the public suffix list doesn't have as a whole: it has only names below them. */
const sharedDomains = new Set(["amazonaws.com", "googleapis.com", "windows.net", "oraclecloud.com"]);

/** Reads an entry of bot.hosts. */
export function readHost(text: string): AllowedHost | HostProblem {
  const groups = form.exec(text.toLowerCase())?.groups;
  const name = groups?.name ?? text;
  const problem = hostNameProblem(groups === undefined ? text : name);
  if (problem !== undefined) {
    return problem;
  }
  const port = Number(groups?.port ?? 443);
  const wildcard = groups?.wildcard !== undefined;
  return portProblem(port) ?? wildcardProblem(name, port, wildcard) ?? { name, ports: [port], wildcard };
}

function portProblem(port: number): HostProblem | undefined {
  if (port < 1 || port > 65_535) {
    return { problem: "has a port that doesn't exist", explanation: "Ports are 1 to 65535." };
  }
  if (port === 22 || port === 53) {
    return {
      problem: `has the port ${port}, which can't be opened for a bot`,
      explanation: "The server itself uses this port, for SSH or for the DNS.",
    };
  }
  return undefined;
}

function wildcardProblem(name: string, port: number, wildcard: boolean): HostProblem | undefined {
  if (!wildcard) {
    return undefined;
  }
  const { publicSuffix, isIcann } = parse(name);
  if (isIcann === true && publicSuffix === name) {
    return {
      problem: "stands for all domains of a registry",
      explanation: "Write the names of the hosts, or *. and a domain that belongs to one owner.",
    };
  }
  if (port !== 443) {
    return {
      problem: "has a *. and a port",
      explanation: "The proxy reads the name in the TLS hello, which it does on port 443 only.",
    };
  }
  return undefined;
}

/** Whether anybody can have a site below this name, as below github.io. */
export function hostsOtherPeople(name: string): boolean {
  return sharedDomains.has(name) || getPublicSuffix(name, { allowPrivateDomains: true }) === name;
}
