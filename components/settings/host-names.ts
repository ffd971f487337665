import { domainToASCII } from "node:url";
import ipaddr from "ipaddr.js";

/** A name in the DNS with at least two labels, as it is written in ASCII (RFC 1123). */
const domain = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Checks one name of a host that a program on the server may reach.
 *
 * @returns undefined for a usable name; otherwise what it is instead, and what to write
 */
export function examineHostName(host: string): { problem: string; explanation: string } | undefined {
  if (domain.test(host.toLowerCase())) {
    return undefined;
  }
  const written = "A host is written as its name alone, like api.telegram.org.";
  if (/[/?#@]/.test(host)) {
    const name = URL.parse(host.includes("://") ? host : `https://${host}`)?.hostname ?? "";
    return {
      problem: "is an address of a page",
      explanation: domain.test(name) ? `Write only its host: ${name}` : written,
    };
  }
  if (host.includes("*")) {
    return {
      problem: "stands for many hosts",
      explanation: "The server's firewall knows addresses, which it asks for by name: write each name.",
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
      problem: "names a port",
      explanation: "The bot may reach other hosts by port 443 only; write the name alone.",
    };
  }
  const ascii = domainToASCII(host);
  if (/[^\x20-\x7e]/.test(host) && domain.test(ascii)) {
    return { problem: "has letters that the DNS doesn't know", explanation: `Write ${ascii}` };
  }
  return { problem: "is no full host name", explanation: written };
}
