import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";

/** A name in the DNS with at least two labels, in ASCII (RFC 1123). */
const domain = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Checks the name of a host that a program on the server may reach.
 *
 * @returns undefined for a usable name; otherwise what is wrong, as the end of a sentence, and what to write
 */
export function hostNameProblem(host: string): { problem: string; explanation: string } | undefined {
  if (domain.test(host.toLowerCase())) {
    return undefined;
  }
  const nameAlone = "Write the host's name alone, such as api.telegram.org.";
  if (/[/?#@]/.test(host)) {
    const name = URL.parse(host.includes("://") ? host : `https://${host}`)?.hostname ?? "";
    return {
      problem: "is the address of a page",
      explanation: domain.test(name) ? `Write only its host: ${name}` : nameAlone,
    };
  }
  if (host.includes("*")) {
    return {
      problem: "stands for many hosts",
      explanation: "Only a leading *. can stand for other names, as in *.example.net.",
    };
  }
  if (ipaddr.isValid(host.replace(/:\d+$/, "")) || ipaddr.isValid(host)) {
    return {
      problem: "is an IP address",
      explanation: "Write the host's name: its certificate is for the name, and the address may change.",
    };
  }
  if (host.includes(":")) {
    return {
      problem: "has a colon without a port",
      explanation: "A port is a number after the name, as in db.example.net:5432.",
    };
  }
  const ascii = domainToASCII(host);
  if (/[^\x20-\x7e]/.test(host) && domain.test(ascii)) {
    return { problem: "has letters that the DNS doesn't know", explanation: `Write ${ascii}` };
  }
  return { problem: "is not a full host name", explanation: nameAlone };
}
