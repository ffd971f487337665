import ipaddr from "ipaddr.js";
import type { SettingFinding } from "./finding.ts";

/** A range wider than this is no longer somebody's network: a /8 holds 16 million addresses. */
const widestPrefix = 8;

/** What is wrong with one range that may reach SSH, as the end of a sentence, and what would be right. */
export interface CidrFinding {
  problem: string;
  explanation: string;
  /** Whether the explicit opt-in to an open SSH port lifts it. */
  openToTheWorld?: boolean;
}

/** Ranges that no packet from the internet has as its source (ipaddr.js's names). */
const neverOnTheInternet = new Set([
  "private",
  "loopback",
  "linkLocal",
  "carrierGradeNat",
  "multicast",
  "broadcast",
  "reserved-broadcast",
]);

/**
 * Checks one range in CIDR notation. Doubtful input is refused instead of corrected: a firewall that lets in
 * another network than its owner meant is found out too late.
 *
 * @returns undefined for a usable range
 */
export function examineCidr(cidr: string): CidrFinding | undefined {
  const shown = `holds ${JSON.stringify(cidr)}, which`;
  if (cidr.includes(":")) {
    return {
      problem: `${shown} is an IPv6 range`,
      explanation:
        "The server has no IPv6 address. Name the IPv4 address that you leave by: curl -4 ifconfig.me",
    };
  }
  if (ipaddr.IPv4.isValidFourPartDecimal(cidr)) {
    return {
      problem: `${shown} has no prefix length`,
      explanation: `For this one address write ${cidr}/32.`,
    };
  }
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) {
    return {
      problem: `${shown} is no IPv4 range`,
      explanation: "A range is written like 203.0.113.7/32 (one address) or 203.0.113.0/24 (256 addresses).",
    };
  }

  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  if (prefix < widestPrefix) {
    return {
      problem: `${shown} opens SSH to the world`,
      explanation:
        "Name the addresses that you work from. If you really must: pulumi config set allowSshFromAnywhere true",
      openToTheWorld: true,
    };
  }
  const network = ipaddr.IPv4.networkAddressFromCIDR(cidr).toString();
  if (address.toString() !== network) {
    return {
      problem: `${shown} doesn't start at its network's first address`,
      explanation: `Write ${address.toString()}/32 for that address alone, or ${network}/${prefix} for its whole network.`,
    };
  }
  if (neverOnTheInternet.has(address.range())) {
    return {
      problem: `${shown} is not an address on the internet`,
      explanation:
        "The server sees the public address of your connection, which this command shows: curl -4 ifconfig.me",
    };
  }
  return undefined;
}

/** Checks who may reach SSH; there is no safe default. */
export function examineAdminCidrs(cidrs: string[], allowAnywhere: boolean): SettingFinding[] {
  const setting = "adminCidrs";
  const command = `pulumi config set adminCidrs "$(curl -4s ifconfig.me)/32"`;
  if (cidrs.length === 0) {
    return [
      {
        severity: "error",
        setting,
        problem: "is missing",
        explanation:
          "It names who may reach the server by SSH, and has no safe default. For the address you are at:",
        command,
      },
    ];
  }
  return cidrs.flatMap((cidr): SettingFinding[] => {
    const finding = examineCidr(cidr);
    if (finding === undefined) {
      return [];
    }
    const accepted = finding.openToTheWorld === true && allowAnywhere;
    return [{ ...finding, severity: accepted ? "warning" : "error", setting, command }];
  });
}
