import ipaddr from "ipaddr.js";
import { codePoint } from "../binance/text.ts";

// Who may connect over SSH: the ranges of the setting adminCidrs.

/** The widest range that is accepted without an opt-in: a /8 has 16 million addresses. */
const widestPrefix = 8;

/** Also reserved (RFC 5737), but accepted: the docs' examples and the sandbox use them. */
const forDocumentation = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"].map((range) =>
  ipaddr.IPv4.parseCIDR(range),
);

/** Multicast and reserved addresses: wider than a /8, but nobody can connect from there. */
const lastEighth = ipaddr.IPv4.parseCIDR("224.0.0.0/3");

interface RangeProblem {
  problem: string;
  explanation: string;
  openToTheWorld?: boolean;
}

/**
 * Checks one range in CIDR notation. A doubtful one is refused and not corrected: if the firewall let in a different
 * network than its owner meant, nobody would notice in time.
 */
export function rangeProblem(cidr: string): RangeProblem | undefined {
  if (/^(curl\b|\/)/.test(cidr)) {
    return {
      problem: "has no address, because curl could not read yours",
      explanation: "See what this prints, and set it with /32 behind it: curl -4 ifconfig.me",
    };
  }
  const foreign = /[^\x21-\x7e]/u.exec(cidr);
  if (foreign) {
    return {
      problem: `has a space or a character other than digits, dots and a slash (${codePoint(foreign[0])})`,
      explanation: "Type it, or copy it again.",
    };
  }
  if (ipaddr.IPv6.isValid(cidr.split("/")[0] ?? "")) {
    return {
      problem: "is an IPv6 range",
      explanation: "The server has no IPv6 address. Set your public IPv4 address: curl -4 ifconfig.me",
    };
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(cidr)) {
    return { problem: "has no prefix length", explanation: `For this one address, write ${cidr}/32.` };
  }
  // Some programs read a leading zero as octal.
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr) || /\/0\d/.test(cidr)) {
    return {
      problem: "is not an IPv4 range",
      explanation: "A range is written like 203.0.113.7/32 (one address) or 203.0.113.0/24 (256 addresses).",
    };
  }

  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  const network = ipaddr.IPv4.networkAddressFromCIDR(cidr);
  if (prefix < widestPrefix && !network.match(lastEighth)) {
    return {
      problem: "opens SSH to the world",
      explanation:
        "Set the addresses that you work from. If you really need this: pulumi config set allowSshFromAnywhere true",
      openToTheWorld: true,
    };
  }
  if (address.toString() !== network.toString()) {
    return {
      problem: "doesn't start at its network's first address",
      explanation: `Write ${address.toString()}/32 for this one address, or ${network.toString()}/${prefix} for its whole network.`,
    };
  }
  if (!isOnTheInternet(network)) {
    return {
      problem: "is not an address on the internet",
      explanation: "The server sees the public address of your connection. To see it: curl -4 ifconfig.me",
    };
  }
  return undefined;
}

/** Whether packets from the internet can have this source address, by IANA's registry of special addresses. */
function isOnTheInternet(address: ipaddr.IPv4): boolean {
  return address.range() === "unicast" || forDocumentation.some((range) => address.match(range));
}

/** @param ranges as the settings have them: a broken one lets nobody in */
export function isInRanges(address: string, ranges: readonly string[]): boolean {
  return ranges.some(
    (range) =>
      ipaddr.IPv4.isValidCIDRFourPartDecimal(range) &&
      ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(range)),
  );
}
