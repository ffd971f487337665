import ipaddr from "ipaddr.js";
import * as z from "zod";
import { invalidInput } from "./errors.ts";

/** The documented limits of a firewall's rules. */
const maximumRules = 50;
const maximumAddresses = 100;
const maximumDescription = 255;

const ruleInput = z.object({
  description: z.string().max(maximumDescription).nullish(),
  direction: z.enum(["in", "out"]),
  source_ips: z.array(z.string()).max(maximumAddresses).default([]),
  destination_ips: z.array(z.string()).max(maximumAddresses).default([]),
  protocol: z.enum(["tcp", "udp", "icmp", "esp", "gre"]),
  port: z.string().nullish(),
});

export const rulesInput = z.array(ruleInput);

/** A rule as the API stores and shows it. */
export interface Rule {
  description: string | null;
  direction: "in" | "out";
  source_ips: string[];
  destination_ips: string[];
  protocol: "tcp" | "udp" | "icmp" | "esp" | "gre";
  port: string | null;
}

/**
 * The rules of a request, as Hetzner would store them.
 *
 * @throws ApiError `invalid_input` for the field "rules", which is the field that the real API names
 */
export function acceptRules(rules: z.output<typeof rulesInput>): Rule[] {
  const problems = rules.flatMap(problemsOf);
  if (rules.length > maximumRules) {
    problems.push(`there must be at most ${maximumRules} rules`);
  }
  if (problems.length > 0) {
    throw invalidInput({ name: "rules", messages: problems });
  }
  return rules.map((rule) => ({
    description: rule.description ?? null,
    direction: rule.direction,
    source_ips: rule.source_ips.map(canonicalCidr),
    destination_ips: rule.destination_ips.map(canonicalCidr),
    protocol: rule.protocol,
    port: rule.port ?? null,
  }));
}

function problemsOf(rule: z.output<typeof ruleInput>, index: number): string[] {
  const [named, other] =
    rule.direction === "in"
      ? ([rule.source_ips, rule.destination_ips] as const)
      : ([rule.destination_ips, rule.source_ips] as const);
  const problems: string[] = [];
  // Assumed: a rule without addresses is refused, and so is one that names the other side's addresses.
  if (named.length === 0) {
    problems.push("has no addresses");
  }
  if (other.length > 0) {
    problems.push("has addresses of the other direction");
  }
  for (const address of named) {
    if (!isNetwork(address)) {
      problems.push(`"${address}" is not a network in CIDR notation`);
    }
  }
  const hasPorts = rule.protocol === "tcp" || rule.protocol === "udp";
  const port = rule.port ?? undefined;
  if (hasPorts && port === undefined) {
    problems.push(`${rule.protocol} needs a port`);
  }
  if (!hasPorts && port !== undefined) {
    problems.push(`${rule.protocol} has no port`);
  }
  if (port !== undefined && !isPort(port)) {
    problems.push(`"${port}" is not a port`);
  }
  return problems.map((problem) => `rule ${index}: ${problem}`);
}

/** Whether the text is a CIDR block whose host bits are empty. A bare address isn't one. */
export function isNetwork(text: string): boolean {
  if (!ipaddr.isValidCIDR(text)) {
    return false;
  }
  // Assumed: Hetzner's parser refuses "10.0.0/8", which the library accepts.
  if (!text.includes(":") && !/^\d+\.\d+\.\d+\.\d+\//.test(text)) {
    return false;
  }
  const [address] = ipaddr.parseCIDR(text);
  const network = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return network.networkAddressFromCIDR(text).toString() === address.toString();
}

/** IPv6 in the form of RFC 5952, as documented. */
function canonicalCidr(text: string): string {
  const [address, bits] = ipaddr.parseCIDR(text);
  const canonical = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString();
  return `${canonical}/${bits}`;
}

/** "any", a port, or a range whose end isn't before its beginning. */
export function isPort(text: string): boolean {
  if (text === "any") {
    return true;
  }
  const match = /^([1-9]\d{0,4})(?:-([1-9]\d{0,4}))?$/.exec(text);
  if (!match) {
    return false;
  }
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to && to <= 65535;
}
