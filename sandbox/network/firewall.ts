import { isIPv4, isIPv6 } from "node:net";
import type { FirewallRule } from "../hetzner/data-centre.ts";
import { metadataService } from "./sites.ts";

/** One machine's traffic, which is filtered at the router's end of its link. */
export interface Filtered {
  /** The network interface in the router. The nftables table has the same name. */
  link: string;
  /** The only address that the machine may send from. */
  address: string;
  /** Undefined if no firewall is applied: everything passes. */
  rules: readonly FirewallRule[] | undefined;
}

/**
 * The nftables transaction that replaces a machine's firewall at once. Established connections stay open, because the
 * kernel tracks them outside of the rules.
 */
export function firewallRuleset({ link, address, rules }: Filtered): string {
  return [
    ...replaced(link),
    `table ip ${link} {`,
    "  chain spoofed {",
    "    type filter hook prerouting priority raw; policy accept;",
    // A machine that has no address yet asks the router for it, by DHCP.
    `    iifname "${link}" ip saddr 0.0.0.0 ip daddr 255.255.255.255 udp sport 68 udp dport 67 accept`,
    `    iifname "${link}" ip saddr != ${address} counter drop`,
    "  }",
    ...(rules === undefined ? [] : [...chain("in", link, rules), ...chain("out", link, rules)]),
    "}",
    "",
  ].join("\n");
}

/** The transaction that removes a machine's firewall. */
export function withoutFirewall(link: string): string {
  return [...replaced(link), ""].join("\n");
}

/** Deleting a table that doesn't exist is an error, so it is made first. */
function replaced(link: string): string[] {
  return [`table ip ${link}`, `delete table ip ${link}`];
}

/** One direction. Any firewall closes inbound traffic; only an outbound rule closes outbound traffic. */
function chain(direction: FirewallRule["direction"], link: string, rules: readonly FirewallRule[]): string[] {
  const own = rules.filter((rule) => rule.direction === direction);
  if (direction === "out" && own.length === 0) {
    return [];
  }
  const ours = direction === "in" ? `oifname "${link}"` : `iifname "${link}"`;
  return [
    `  chain ${direction}bound {`,
    "    type filter hook forward priority filter; policy accept;",
    `    ${ours} jump ${direction}bound_rules`,
    "  }",
    `  chain ${direction}bound_rules {`,
    "    ct state established,related accept",
    // Assumed: no firewall blocks a server from the metadata service.
    ...(direction === "out" ? [`    ip daddr ${metadataService} tcp dport 80 accept`] : []),
    ...own.flatMap(accepting).map((line) => `    ${line}`),
    // Counted, so that a test can see a dropped packet.
    "    counter drop",
    "  }",
  ];
}

/** One statement for each address, as nftables refuses a set whose ranges overlap. */
function accepting(rule: FirewallRule): string[] {
  const side = rule.direction === "in" ? "saddr" : "daddr";
  return rule.addresses.flatMap((range) => {
    const peer = peerOf(range);
    if (peer === undefined) {
      return [];
    }
    const address = peer === "anybody" ? [] : [`ip ${side} ${peer}`];
    return [[...address, `meta l4proto ${rule.protocol}`, ...portOf(rule), "accept"].join(" ")];
  });
}

/** The range as nftables reads it; undefined for IPv6, which the sandbox doesn't have. */
function peerOf(range: string): string | undefined {
  const [address = "", bits = "32", ...rest] = range.split("/");
  if (isIPv6(address)) {
    return undefined;
  }
  if (!isIPv4(address) || rest.length > 0 || !/^\d+$/.test(bits) || Number(bits) > 32) {
    throw new Error(
      `a firewall rule has the address "${range}": it must be in CIDR notation, like 203.0.113.0/24`,
    );
  }
  return Number(bits) === 0 ? "anybody" : `${address}/${Number(bits)}`;
}

function portOf({ protocol, port }: FirewallRule): string[] {
  if (protocol !== "tcp" && protocol !== "udp") {
    return [];
  }
  if (port === undefined || port === "any") {
    return [];
  }
  if (!/^\d+(-\d+)?$/.test(port)) {
    throw new Error(`a firewall rule has the port "${port}": it must be a port, a range like 80-85, or any`);
  }
  return [`${protocol} dport ${port}`];
}
